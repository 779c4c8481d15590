package colorteller.mesh;

import java.util.List;
import java.util.Optional;

/**
 * A virtual router: chooses who gets a request.
 *
 * @param name the virtual router's name
 * @param listeners at which ports it takes what; at least one
 * @param routes in the order in which they are tried, in whichever they are given
 */
public record VirtualRouter(String name, List<PortMapping> listeners, List<Route> routes) {

  public VirtualRouter {
    routes = RouteOrder.of(routes);
  }

  /** A port, and what is spoken there. */
  public record PortMapping(int port, Protocol protocol) {}

  /**
   * One of a router's routes.
   *
   * @param name the route's name
   * @param priority from 0, which is tried first, to 1000, or {@link RouteTable#NO_PRIORITY}
   * @param protocol of the router's listeners whose requests it takes
   * @param match what it takes
   * @param targets who gets it, in shares
   * @param retries when a request is sent again; empty for App Mesh's default
   * @param timeouts how long a request may take
   */
  public record Route(
      String name,
      int priority,
      Protocol protocol,
      RouteMatch match,
      List<WeightedTarget> targets,
      Optional<RetryPolicy> retries,
      Timeouts timeouts)
      implements RouteTable.Entry {

    /** One of HTTP to one node, of which nothing else is said. */
    public static Route of(String name, int priority, RouteMatch match, String node) {
      return new Route(
          name,
          priority,
          Protocol.HTTP,
          match,
          List.of(WeightedTarget.all(node)),
          Optional.empty(),
          Timeouts.DEFAULT);
    }
  }
}
