package colorteller.mesh;

import java.util.List;

/**
 * A virtual router: chooses a node by the request's path.
 *
 * @param name the virtual router's name
 * @param port the port of its listener
 * @param routes in the order in which they are tried, in whichever they are given
 */
public record VirtualRouter(String name, int port, List<Route> routes) {

  public VirtualRouter {
    routes = RouteTable.inOrder(routes);
  }

  /**
   * One of a router's routes.
   *
   * @param name the route's name
   * @param priority from 0, which is tried first, to 1000, or {@link RouteTable#NO_PRIORITY}
   * @param match what it takes
   * @param node the name of the virtual node that it sends to
   */
  public record Route(String name, int priority, RouteMatch match, String node)
      implements RouteTable.Entry {}
}
