package colorteller.cli.review;

import java.util.List;

/**
 * What changes in a stack.
 *
 * @param stack its name
 * @param stages in whose templates it changes so
 * @param resources the hardest first
 * @param others what else of the template changes, such as {@code outputs ColorAppEndpoint}
 */
record StackChange(
    String stack, List<String> stages, List<ResourceChange> resources, List<String> others) {}
