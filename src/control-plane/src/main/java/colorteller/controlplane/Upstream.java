package colorteller.controlplane;

import colorteller.mesh.Certificate;
import colorteller.mesh.ClientTls;
import colorteller.mesh.HealthCheck;
import colorteller.mesh.Listener;
import colorteller.mesh.ListenerTls;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.WeightedTarget;
import java.util.Optional;

/**
 * What a client's Envoy sends to: a listener of a virtual node.
 *
 * @param name the node's name
 * @param node the node; empty if it is outside
 * @param port the listener's port
 * @param protocol what is spoken there
 * @param tls how connections to it are encrypted; empty for plain text
 */
record Upstream(
    String name,
    Optional<VirtualNode> node,
    int port,
    Protocol protocol,
    Optional<Upstream.Tls> tls) {

  /**
   * How a client encrypts.
   *
   * @param policy the client policy that says how; empty for what App Mesh did without one
   * @param server the other side's certificate, if it is known
   */
  record Tls(Optional<ClientTls> policy, Optional<Certificate> server) {}

  /**
   * What a route's target is for a client.
   *
   * @param service whose route it is
   * @param policy the client's policy for the virtual service
   */
  static Upstream of(
      Mesh mesh, ServicePort service, WeightedTarget target, Optional<ClientTls> policy) {
    Optional<VirtualNode> node = Optional.ofNullable(mesh.nodes().get(target.node()));
    Optional<Listener> listener = node.flatMap(known -> known.listener(target.port()));
    int port = listener.map(Listener::port).orElse(target.port().orElse(service.port()));
    return new Upstream(
        target.node(),
        node,
        port,
        listener.map(Listener::protocol).orElse(service.protocol()),
        tls(policy.filter(own -> own.isFor(port)), listener.flatMap(Listener::encryption)));
  }

  /** App Mesh's name of the cluster. */
  String cluster(Mesh mesh) {
    return Names.egressCluster(mesh, name, protocol, port);
  }

  /** A client encrypts where its policy demands it, and wherever the other side can. */
  private static Optional<Tls> tls(Optional<ClientTls> policy, Optional<ListenerTls> server) {
    return server.isPresent() || policy.filter(ClientTls::enforced).isPresent()
        ? Optional.of(new Tls(policy, server.map(ListenerTls::certificate)))
        : Optional.empty();
  }

  /** How Cloud Map knows it, if that is how it is found. */
  Optional<CloudMap> cloudMap() {
    return node.flatMap(VirtualNode::serviceDiscovery)
        .filter(CloudMap.class::isInstance)
        .map(CloudMap.class::cast);
  }

  Optional<Listener> listener() {
    return node.flatMap(known -> known.listener(Optional.of(port)));
  }

  /**
   * The port at which the node is asked whether it is well, if it is another than where it is sent
   * to.
   */
  Optional<Integer> healthCheckPort(Placement placement) {
    return listener()
        .flatMap(Listener::healthCheck)
        .flatMap(HealthCheck::port)
        .filter(other -> other != port)
        .map(
            other ->
                node.orElseThrow().listener(Optional.of(other)).isPresent()
                    ? placement.port(node.orElseThrow(), other)
                    : other);
  }
}
