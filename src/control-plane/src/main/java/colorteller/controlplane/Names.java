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
    // Not formatted: of a large mesh, that would be a quarter of the translation.
    return "cds_egress_" + mesh.name() + "_" + node + "_" + protocol.word() + "_" + port;
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
    return "cds_ingress_"
        + mesh.name()
        + "_"
        + node.name()
        + "_"
        + listener.protocol().word()
        + "_"
        + listener.port();
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
    return "cds_egress_" + mesh.name() + "_external";
  }

  /** Where a node's traffic goes to AWS's own services, which is always allowed. */
  static String awsCluster(Mesh mesh) {
    return "cds_egress_" + mesh.name() + "_amazonaws";
  }

  /** A cluster that nobody has: connections to it end at once. */
  static String nowhere(Mesh mesh) {
    return "cds_egress_" + mesh.name() + "_nowhere";
  }

  // Without an address, unlike App Mesh's: a change of preference then updates a listener in place.
  static String ingressListener(int port) {
    return "lds_ingress_http_" + port;
  }

  static String egressListener() {
    return "lds_egress_" + EnvoyPorts.EGRESS;
  }

  static String ingressRoutes(int port) {
    return "rds_ingress_http_" + port;
  }

  static String egressRoutes(int port) {
    return "rds_egress_http_" + port;
  }

  /** The host that a gateway gives a request for a virtual service. */
  static String host(String service, Optional<Integer> port) {
    return port.map(number -> service + ":" + number).orElse(service);
  }
}
