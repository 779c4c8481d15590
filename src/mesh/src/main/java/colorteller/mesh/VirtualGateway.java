package colorteller.mesh;

import java.util.List;
import java.util.Optional;

/**
 * A virtual gateway: the Envoy through which requests enter the mesh. It has no IP preference of
 * its own; its listeners follow the mesh's.
 *
 * @param name the virtual gateway's name in its mesh
 * @param listeners where it takes requests; at least one
 * @param tls the client policy for whatever it sends to, if there is one
 * @param accessLog where it writes down what passes, if anywhere
 * @param routes in the order in which they are tried, in whichever they are given
 */
public record VirtualGateway(
    String name,
    List<Listener> listeners,
    Optional<ClientTls> tls,
    Optional<FileAccessLog> accessLog,
    List<GatewayRoute> routes) {

  public VirtualGateway {
    routes = RouteOrder.of(routes);
  }

  /** One of which nothing else is said. */
  public static VirtualGateway of(String name, Listener listener, List<GatewayRoute> routes) {
    return new VirtualGateway(name, List.of(listener), Optional.empty(), Optional.empty(), routes);
  }

  /** Its first listener. */
  public Listener listener() {
    return listeners.get(0);
  }
}
