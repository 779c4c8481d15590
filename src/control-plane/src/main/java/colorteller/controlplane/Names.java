package colorteller.controlplane;

import colorteller.mesh.Certificate;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.Trust;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import java.util.Optional;

/** App Mesh's names, which a reader meets in statistics and configuration. */
public final class Names {

  private Names() {}

  /** The cluster of a node's first listener. */
  public static String egressCluster(Mesh mesh, VirtualNode node) {
    Listener first = node.listener().orElseThrow();
    return egressCluster(mesh, node.name(), first.protocol(), first.port());
  }

  /** The cluster through which others send to a node's listener. */
  public static String egressCluster(Mesh mesh, String node, Protocol protocol, int port) {
    return "cds_egress_%s_%s_%s_%d".formatted(mesh.name(), node, protocol.word(), port);
  }

  /** A certificate in files. */
  static String secret(Certificate.File file) {
    return "certificate:%s,%s".formatted(file.chain(), file.privateKey());
  }

  /** The authorities in a file. */
  static String secret(Trust.File file) {
    return "authorities:" + file.chain();
  }

  /** The cluster behind a node's first listener. */
  public static String ingressCluster(Mesh mesh, VirtualNode node) {
    return ingressCluster(mesh, node, node.listener().orElseThrow());
  }

  /** The cluster of the application behind a node's listener. */
  public static String ingressCluster(Mesh mesh, VirtualNode node, Listener listener) {
    return "cds_ingress_%s_%s_%s_%d"
        .formatted(mesh.name(), node.name(), listener.protocol().word(), listener.port());
  }

  /** Where a gateway's listener hands its requests to the gateway itself. */
  public static String selfRedirectCluster(Mesh mesh, VirtualGateway gateway, Listener listener) {
    return "cds_ingress_%s_%s_self_redirect_%s_%d%s"
        .formatted(
            mesh.name(),
            gateway.name(),
            listener.protocol().isHttp2() ? Protocol.HTTP2.word() : Protocol.HTTP.word(),
            EnvoyPorts.EGRESS,
            // A limit is the listener's own.
            listener.connectionPool().isPresent() ? "_" + listener.port() : "");
  }

  /** Where a node's traffic goes that is for none of its backends. */
  static String externalCluster(Mesh mesh) {
    return "cds_egress_%s_external".formatted(mesh.name());
  }

  /** Where a node's traffic goes to AWS's own services, which is always allowed. */
  static String awsCluster(Mesh mesh) {
    return "cds_egress_%s_amazonaws".formatted(mesh.name());
  }

  /** A cluster that nobody has: connections to it end at once. */
  static String nowhere(Mesh mesh) {
    return "cds_egress_%s_nowhere".formatted(mesh.name());
  }

  // Without an address, unlike App Mesh's: a change of preference then updates a listener in place.
  static String ingressListener(int port) {
    return "lds_ingress_http_%d".formatted(port);
  }

  static String egressListener() {
    return "lds_egress_%d".formatted(EnvoyPorts.EGRESS);
  }

  static String ingressRoutes(int port) {
    return "rds_ingress_http_%d".formatted(port);
  }

  static String egressRoutes(int port) {
    return "rds_egress_http_%d".formatted(port);
  }

  /** The host that a gateway gives a request for a virtual service. */
  static String host(String service, Optional<Integer> port) {
    return port.map(number -> service + ":" + number).orElse(service);
  }
}
