package colorteller.cli.review;

import java.util.Set;

/**
 * What a stack costs.
 *
 * @param stack its name
 * @param before US dollars a month
 * @param after US dollars a month
 * @param unknown what is in neither, for lack of a price
 */
record Cost(String stack, double before, double after, Set<String> unknown) {}
