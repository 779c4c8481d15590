package colorteller.cli.review;

/**
 * What a stack costs.
 *
 * @param stack its name
 * @param before US dollars a month
 * @param after US dollars a month
 */
record Cost(String stack, double before, double after) {}
