package colorteller.mesh;

import java.util.Optional;

/**
 * A share of what a route takes.
 *
 * @param node the name of the virtual node that gets it
 * @param weight its share, in proportion to the sum of the route's weights; 0 for none
 * @param port of the node's listener, where the node has several
 */
public record WeightedTarget(String node, int weight, Optional<Integer> port) {

  /** All that a route takes. */
  public static WeightedTarget all(String node) {
    return new WeightedTarget(node, 1, Optional.empty());
  }
}
