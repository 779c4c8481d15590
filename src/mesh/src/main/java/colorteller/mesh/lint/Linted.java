package colorteller.mesh.lint;

import colorteller.mesh.GatewayRoute;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.RouteTable.Entry;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter;
import colorteller.mesh.Workload;
import colorteller.mesh.template.Place;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is looked at.
 *
 * @param mesh the mesh
 * @param workloads what runs behind each node, by the node's name
 * @param places where resources stand, by {@code TYPE/NAME}; see {@link
 *     colorteller.mesh.template.MeshReader#places}
 */
public record Linted(Mesh mesh, Map<String, Workload> workloads, Map<String, Place> places) {

  /** A route in its gateway or router, with where it stands. */
  record Placed<T extends Entry>(T route, String parent, Place place) {

    /** The place of its own kind's properties, such as {@code HttpRoute}. */
    Place kind() {
      return place
          .child("Spec")
          .child(
              switch (route.protocol()) {
                case HTTP -> "HttpRoute";
                case HTTP2 -> "Http2Route";
                case GRPC -> "GrpcRoute";
                case TCP -> "TcpRoute";
              });
    }
  }

  Place place(String type, String name) {
    return Objects.requireNonNull(places.get(type + "/" + name), type + "/" + name);
  }

  Stream<Placed<GatewayRoute>> gatewayRoutes() {
    return mesh.gateways().values().stream()
        .flatMap(
            gateway ->
                gateway.routes().stream()
                    .map(
                        route ->
                            new Placed<>(
                                route,
                                gateway.name(),
                                place("GatewayRoute", gateway.name() + "/" + route.name()))));
  }

  Stream<Placed<VirtualRouter.Route>> routes() {
    return mesh.routers().values().stream()
        .flatMap(
            router ->
                router.routes().stream()
                    .map(
                        route ->
                            new Placed<>(
                                route,
                                router.name(),
                                place("Route", router.name() + "/" + route.name()))));
  }

  /** The listeners that a route's targets have for it; not of nodes that are elsewhere. */
  Stream<Listener> targetListeners(VirtualRouter.Route route) {
    return route.targets().stream()
        .flatMap(
            target ->
                Optional.ofNullable(mesh.nodes().get(target.node()))
                    .flatMap(node -> node.listener(target.port()))
                    .stream());
  }

  /** A node's listeners, each with where it stands. */
  static Stream<Map.Entry<Listener, Place>> listeners(List<Listener> listeners, Place place) {
    return Stream.iterate(0, i -> i < listeners.size(), i -> i + 1)
        .map(i -> Map.entry(listeners.get(i), place.child("Spec").child("Listeners").at(i)));
  }

  /** All nodes' and gateways' listeners, each with where it stands. */
  Stream<Map.Entry<Listener, Place>> listeners() {
    return Stream.concat(
        mesh.gateways().values().stream()
            .flatMap(g -> listeners(g.listeners(), place("VirtualGateway", g.name()))),
        mesh.nodes().values().stream()
            .flatMap(n -> listeners(n.listeners(), place("VirtualNode", n.name()))));
  }

  Workload workload(VirtualNode node) {
    return Objects.requireNonNull(workloads.get(node.name()), node.name());
  }
}
