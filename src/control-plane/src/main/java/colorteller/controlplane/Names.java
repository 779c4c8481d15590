package colorteller.controlplane;

import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;

/** App Mesh's names and ports, which a reader meets in statistics and configuration. */
public final class Names {

  /** Where a task's network sends connections that come in for the application. */
  public static final int INGRESS_PORT = 15000;

  /** Where a task's network sends connections that go out from the application. */
  public static final int EGRESS_PORT = 15001;

  private Names() {}

  public static String egressCluster(Mesh mesh, VirtualNode node) {
    return "cds_egress_%s_%s_http_%d".formatted(mesh.name(), node.name(), port(node));
  }

  public static String ingressCluster(Mesh mesh, VirtualNode node) {
    return "cds_ingress_%s_%s_http_%d".formatted(mesh.name(), node.name(), port(node));
  }

  public static String selfRedirectCluster(Mesh mesh, VirtualGateway gateway) {
    return "cds_ingress_%s_%s_self_redirect_http_%d"
        .formatted(mesh.name(), gateway.name(), EGRESS_PORT);
  }

  /** Where a node's traffic goes that is for none of its backends. */
  static String externalCluster(Mesh mesh) {
    return "cds_egress_%s_external".formatted(mesh.name());
  }

  // Without an address, unlike App Mesh's: a change of preference then updates a listener in place.
  static String ingressListener(int port) {
    return "lds_ingress_http_%d".formatted(port);
  }

  static String egressListener() {
    return "lds_egress_%d".formatted(EGRESS_PORT);
  }

  static String ingressRoutes(int port) {
    return "rds_ingress_http_%d".formatted(port);
  }

  static String egressRoutes(int port) {
    return "rds_egress_http_%d".formatted(port);
  }

  static int port(VirtualNode node) {
    return node.listener().orElseThrow().port();
  }
}
