package colorteller.mesh;

import static java.util.Comparator.comparingInt;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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

  /** The node that a request to a gateway's path ends at, if a route leads to one. */
  public Optional<VirtualNode> nodeFor(VirtualGateway gateway, String path) {
    return gateway.routes().stream()
        .filter(route -> path.startsWith(route.prefix()))
        .findFirst()
        .flatMap(route -> nodeFor(route.virtualService(), rewritten(path, route.prefix())));
  }

  /** App Mesh replaces the matched prefix with a slash. */
  private static String rewritten(String path, String prefix) {
    String rest = path.substring(prefix.length());
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  private Optional<VirtualNode> nodeFor(String virtualService, String path) {
    return Optional.ofNullable(services.get(virtualService))
        .flatMap(VirtualService::provider)
        .flatMap(provider -> nodeFor(provider, path));
  }

  private Optional<VirtualNode> nodeFor(VirtualService.Provider provider, String path) {
    if (provider instanceof VirtualService.Provider.Node node) {
      return Optional.ofNullable(nodes.get(node.name()));
    }
    return router(provider).stream()
        .flatMap(router -> router.routes().stream())
        .filter(route -> path.startsWith(route.prefix()))
        .findFirst()
        .flatMap(route -> Optional.ofNullable(nodes.get(route.node())));
  }

  private Optional<VirtualRouter> router(VirtualService.Provider provider) {
    return provider instanceof VirtualService.Provider.Router router
        ? Optional.ofNullable(routers.get(router.name()))
        : Optional.empty();
  }

  /**
   * A request for everything that a gateway routes: a path for each route behind it, in the order
   * of the virtual services.
   */
  public List<Request> requests() {
    List<String> order = List.copyOf(services.keySet());
    return gateways.values().stream()
        .flatMap(
            gateway ->
                gateway.routes().stream()
                    .sorted(comparingInt(route -> order.indexOf(route.virtualService())))
                    .flatMap(route -> paths(route).distinct())
                    .map(path -> new Request(gateway, path, nodeFor(gateway, path))))
        .toList();
  }

  private Stream<String> paths(GatewayRoute route) {
    String prefix = route.prefix();
    List<String> behind =
        Optional.ofNullable(services.get(route.virtualService()))
            .flatMap(VirtualService::provider)
            .flatMap(this::router)
            .map(router -> router.routes().stream().map(VirtualRouter.Route::prefix).toList())
            .orElse(List.of());
    if (behind.isEmpty()) {
      return Stream.of(prefix);
    }
    String parent = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    return behind.stream().map(path -> path.equals("/") ? prefix : parent + path);
  }
}
