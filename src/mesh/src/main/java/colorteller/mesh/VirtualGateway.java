package colorteller.mesh;

import java.util.List;

/**
 * A virtual gateway: the Envoy through which requests enter the mesh. It has no IP preference of
 * its own; its listeners follow the mesh's.
 *
 * @param name the virtual gateway's name in its mesh
 * @param listener where it takes requests
 * @param routes in the order in which they are tried, in whichever they are given
 */
public record VirtualGateway(String name, Listener listener, List<GatewayRoute> routes) {

  public VirtualGateway {
    routes = RouteTable.inOrder(routes);
  }
}
