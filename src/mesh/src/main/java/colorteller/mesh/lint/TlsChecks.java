package colorteller.mesh.lint;

import colorteller.mesh.ClientTls;
import colorteller.mesh.Listener;
import colorteller.mesh.ListenerTls;
import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualService;
import colorteller.mesh.WeightedTarget;
import colorteller.mesh.template.Place;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the two sides of a connection want different things of TLS. */
final class TlsChecks {

  /**
   * A connection that can be made.
   *
   * @param policy the sender's client policy for it, if there is one
   * @param place where the policy stands, or the sender
   * @param node who gets it
   * @param listener that node's listener for it
   */
  private record Connection(
      Optional<ClientTls> policy, Place place, VirtualNode node, Listener listener) {}

  private TlsChecks() {}

  static Stream<Found> tlsOfClientOnly(Linted linted) {
    return connections(linted)
        .filter(c -> c.policy().filter(ClientTls::enforced).isPresent())
        .filter(c -> !takesTls(c.listener()))
        .map(
            c ->
                new Found(
                    c.place(),
                    "TLS is enforced, but %s has none at port %d: no connection is made."
                        .formatted(c.node().name(), c.listener().port())))
        .distinct();
  }

  static Stream<Found> clientCertificate(Linted linted) {
    return connections(linted)
        .filter(c -> takesTls(c.listener()))
        .filter(c -> c.listener().tls().flatMap(ListenerTls::validation).isPresent())
        .filter(c -> c.policy().flatMap(ClientTls::certificate).isEmpty())
        .map(
            c ->
                new Found(
                    c.place(),
                    "%s asks for a client's certificate at port %d, and there is none to show."
                        .formatted(c.node().name(), c.listener().port())))
        .distinct();
  }

  private static boolean takesTls(Listener listener) {
    return listener.encryption().isPresent();
  }

  private static Stream<Connection> connections(Linted linted) {
    Mesh mesh = linted.mesh();
    Stream<Connection> ofGateways =
        mesh.gateways().values().stream()
            .flatMap(
                gateway ->
                    gateway.routes().stream()
                        .flatMap(
                            route ->
                                connections(
                                    mesh,
                                    route.virtualService(),
                                    gateway.tls(),
                                    linted.place("VirtualGateway", gateway.name()))));
    Stream<Connection> ofNodes =
        mesh.nodes().values().stream()
            .flatMap(
                node ->
                    node.backends().stream()
                        .flatMap(
                            backend ->
                                connections(
                                    mesh,
                                    backend.virtualService(),
                                    backend.tls().or(node::tls),
                                    linted.place("VirtualNode", node.name()))));
    return Stream.concat(ofGateways, ofNodes);
  }

  private static Stream<Connection> connections(
      Mesh mesh, String service, Optional<ClientTls> policy, Place place) {
    return Optional.ofNullable(mesh.services().get(service))
        .flatMap(VirtualService::provider)
        .stream()
        .flatMap(provider -> targets(mesh, provider))
        .flatMap(
            target ->
                Optional.ofNullable(mesh.nodes().get(target.node())).stream()
                    .flatMap(
                        node ->
                            node.listener(target.port()).stream()
                                .map(
                                    listener ->
                                        new Connection(
                                            policy.filter(p -> p.isFor(listener.port())),
                                            place,
                                            node,
                                            listener))));
  }

  private static Stream<WeightedTarget> targets(Mesh mesh, VirtualService.Provider provider) {
    return provider instanceof VirtualService.Provider.Node node
        ? Stream.of(WeightedTarget.all(node.name()))
        : Stream.ofNullable(mesh.routers().get(((VirtualService.Provider.Router) provider).name()))
            .flatMap(router -> router.routes().stream())
            .flatMap(route -> route.targets().stream());
  }
}
