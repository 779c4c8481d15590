package colorteller.review;

import colorteller.review.requests.Backend;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a stack costs.
 *
 * @param backends with which it is deployed
 * @param stack its name
 * @param before US dollars a month
 * @param unknownBefore what is not in {@code before}, for lack of a price
 * @param after US dollars a month
 * @param unknownAfter what is not in {@code after}
 */
record Cost(
    Set<Backend> backends,
    String stack,
    double before,
    Set<String> unknownBefore,
    double after,
    Set<String> unknownAfter) {

  double change() {
    return after - before;
  }

  /** What the change is not known of. */
  Set<String> unknown() {
    Set<String> unknown = new TreeSet<>(unknownBefore);
    unknown.addAll(unknownAfter);
    return unknown;
  }
}
