package colorteller.controlplane;

import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;

/** App Mesh's names, which a reader meets in statistics and configuration. */
public final class Names {

  private Names() {}

  public static String egressCluster(Mesh mesh, VirtualNode node) {
    return "cds_egress_%s_%s_http_%d".formatted(mesh.name(), node.name(), port(node));
  }

  public static String ingressCluster(Mesh mesh, VirtualNode node) {
    return "cds_ingress_%s_%s_http_%d".formatted(mesh.name(), node.name(), port(node));
  }

  public static String selfRedirectCluster(Mesh mesh, VirtualGateway gateway) {
    return "cds_ingress_%s_%s_self_redirect_http_%d"
        .formatted(mesh.name(), gateway.name(), EnvoyPorts.EGRESS);
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
    return "lds_egress_%d".formatted(EnvoyPorts.EGRESS);
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
