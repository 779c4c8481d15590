package colorteller.cli.review;

import java.util.List;

/**
 * What an Envoy is told that it was not told before.
 *
 * @param proxy its id, such as {@code mesh/NAME/virtualNode/NAME}
 * @param stages in which it is told so
 * @param differences a line each
 */
record ProxyChange(String proxy, List<String> stages, List<String> differences) {}
