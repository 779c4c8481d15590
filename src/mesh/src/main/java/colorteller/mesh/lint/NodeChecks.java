package colorteller.mesh.lint;

import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference;
import colorteller.mesh.ListenerTls;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualNode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What is wrong with nodes: mostly what their IP preferences mean for what runs behind them. */
final class NodeChecks {

  private NodeChecks() {}

  static Stream<Found> noAddress(Linted linted) {
    return linted.mesh().nodes().values().stream()
        .filter(node -> node.serviceDiscovery().isPresent())
        .filter(node -> address(linted, node).isEmpty())
        .map(
            node ->
                found(
                    linted,
                    node,
                    "%s asks for %s, but the node can be discovered by %s only."
                        .formatted(
                            preference(linted, node),
                            families(order(linted, node)),
                            families(linted.workload(node).discovery()))));
  }

  static Stream<Found> listenerFamily(Linted linted) {
    return linted.mesh().nodes().values().stream()
        .filter(node -> node.serviceDiscovery().isPresent())
        .flatMap(
            node ->
                address(linted, node).stream()
                    .filter(
                        family ->
                            !linted
                                .mesh()
                                .effectivePreference(node)
                                .listenerBinding()
                                .families()
                                .contains(family))
                    .map(
                        family ->
                            found(
                                linted,
                                node,
                                "Without an IP preference others take its %s address, where its Envoy does not listen."
                                    .formatted(family))));
  }

  static Stream<Found> applicationFamily(Linted linted) {
    return linted.mesh().nodes().values().stream()
        .filter(node -> !node.listeners().isEmpty())
        .filter(node -> !linted.workload(node).application().contains(local(linted, node)))
        .map(
            node ->
                found(
                    linted,
                    node,
                    "%s lets its Envoy look for the application at %s, but the application listens on %s only."
                        .formatted(
                            preference(linted, node),
                            local(linted, node).loopback(),
                            families(linted.workload(node).application()))));
  }

  static Stream<Found> healthCheckPath(Linted linted) {
    return linted
        .listeners()
        .flatMap(
            listener ->
                listener.getKey().healthCheck().stream()
                    .filter(check -> check.path().isPresent())
                    .filter(
                        check ->
                            switch (check.protocol()) {
                              case HTTP, HTTP2 -> false;
                              case GRPC, TCP -> true;
                            })
                    .map(
                        check ->
                            new Found(
                                listener.getValue().child("HealthCheck").child("Path"),
                                "A health check by %s has no path."
                                    .formatted(check.protocol().word()))));
  }

  static Stream<Found> disabledTls(Linted linted) {
    return linted
        .listeners()
        .filter(
            listener ->
                listener
                    .getKey()
                    .tls()
                    .filter(tls -> tls.mode() == ListenerTls.Mode.DISABLED)
                    .isPresent())
        .map(
            listener ->
                new Found(
                    listener.getValue().child("TLS").child("Certificate"),
                    "TLS is DISABLED, so nobody sees the certificate."));
  }

  private static Found found(Linted linted, VirtualNode node, String reason) {
    return new Found(linted.place("VirtualNode", node.name()), reason);
  }

  private static Optional<IpFamily> address(Linted linted, VirtualNode node) {
    return order(linted, node).stream()
        .filter(linted.workload(node).discovery()::contains)
        .findFirst();
  }

  private static List<IpFamily> order(Linted linted, VirtualNode node) {
    IpPreference preference = linted.mesh().effectivePreference(node);
    return node.serviceDiscovery().orElseThrow() instanceof ServiceDiscovery.Dns
        ? preference.dnsLookup().order()
        : preference.cloudMapOrder();
  }

  private static IpFamily local(Linted linted, VirtualNode node) {
    return linted.mesh().effectivePreference(node).localApplication();
  }

  private static String preference(Linted linted, VirtualNode node) {
    Mesh mesh = linted.mesh();
    if (node.preference() != IpPreference.NONE) {
      return "Its " + node.preference();
    }
    return mesh.preference() == IpPreference.NONE
        ? "That there is no IP preference"
        : "The mesh's " + mesh.preference();
  }

  private static String families(Collection<IpFamily> families) {
    return String.join(" and ", families.stream().sorted().map(IpFamily::toString).toList());
  }
}
