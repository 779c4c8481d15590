package colorteller.review.requests;

import java.util.List;

/**
 * What Envoys are told that they were not told before.
 *
 * @param backend what tells them; one's own only where App Mesh would tell nothing else
 * @param proxies their ids, such as {@code mesh/NAME/virtualNode/NAME}
 * @param stages in which they are told so
 * @param differences a line each
 */
public record ProxyChange(
    Backend backend, List<String> proxies, List<String> stages, List<String> differences) {}
