package colorteller.mesh;

import java.util.List;

/**
 * A virtual router: chooses a node by the request's path.
 *
 * @param name the virtual router's name
 * @param port the port of its listener
 * @param routes in the order in which they are tried: by priority, then the longest prefix first
 */
public record VirtualRouter(String name, int port, List<Route> routes) {

  /**
   * One of a router's routes.
   *
   * @param name the route's name
   * @param prefix the path prefix that it takes
   * @param node the name of the virtual node that it sends to
   */
  public record Route(String name, String prefix, String node) {}
}
