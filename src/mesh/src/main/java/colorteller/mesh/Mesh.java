package colorteller.mesh;

import java.util.Map;
import java.util.Optional;

/**
 * A mesh as its template describes it. Names refer to what the mesh has: whoever builds one checks
 * that ({@link colorteller.mesh.template.MeshReader}).
 *
 * @param name the mesh's name
 * @param preference the mesh's IP preference, {@link IpPreference#NONE} where it has none
 * @param allowsExternalTraffic whether Envoys pass on traffic to outside the mesh (egress filter
 *     {@code ALLOW_ALL})
 * @param gateways by name
 * @param services by name
 * @param routers by name
 * @param nodes by name
 */
public record Mesh(
    String name,
    IpPreference preference,
    boolean allowsExternalTraffic,
    Map<String, VirtualGateway> gateways,
    Map<String, VirtualService> services,
    Map<String, VirtualRouter> routers,
    Map<String, VirtualNode> nodes) {

  /**
   * The preference that counts for a node: its own, else the mesh's. It configures the node's own
   * Envoy and, for this node, every Envoy that sends to it.
   */
  public IpPreference effectivePreference(VirtualNode node) {
    return node.preference() == IpPreference.NONE ? preference : node.preference();
  }

  /** The node that answers a path of a virtual service, if one does. */
  public Optional<VirtualNode> nodeFor(String virtualService, String path) {
    return Optional.ofNullable(services.get(virtualService))
        .flatMap(VirtualService::provider)
        .flatMap(provider -> nodeFor(provider, path));
  }

  private Optional<VirtualNode> nodeFor(VirtualService.Provider provider, String path) {
    if (provider instanceof VirtualService.Provider.Node node) {
      return Optional.ofNullable(nodes.get(node.name()));
    }
    String router = ((VirtualService.Provider.Router) provider).name();
    return Optional.ofNullable(routers.get(router))
        .flatMap(r -> r.routes().stream().filter(x -> path.startsWith(x.prefix())).findFirst())
        .flatMap(route -> Optional.ofNullable(nodes.get(route.node())));
  }
}
