package colorteller.controlplane;

import colorteller.mesh.Backend;
import colorteller.mesh.GatewayRoute;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter;
import colorteller.mesh.VirtualService;
import colorteller.mesh.WeightedTarget;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which parts of a mesh the resources of a proxy are made of: the proxy itself, the virtual
 * services that it sends to, and whatever is behind these, with its instances.
 *
 * @param translator what translates them
 */
record Dependencies(Translator translator) {

  /** What all proxies depend on. */
  List<Object> ofAll() {
    Mesh mesh = translator.mesh();
    return List.of(
        mesh.name(), mesh.preference(), mesh.allowsExternalTraffic(), GatewayRoutes.keepHost(mesh));
  }

  private Set<Object> of(VirtualGateway gateway) {
    Set<Object> parts = new LinkedHashSet<>();
    parts.add(gateway);
    gateway.routes().stream()
        .map(GatewayRoute::virtualService)
        .forEach(service -> addService(service, parts));
    return parts;
  }

  private Set<Object> of(VirtualNode node) {
    Set<Object> parts = new LinkedHashSet<>();
    parts.add(node);
    node.backends().stream()
        .map(Backend::virtualService)
        .forEach(service -> addService(service, parts));
    return parts;
  }

  /** Nothing, where there is no such proxy. */
  Set<Object> of(ProxyId id) {
    Mesh mesh = translator.mesh();
    return switch (id.kind()) {
      case VIRTUAL_GATEWAY ->
          Optional.ofNullable(mesh.gateways().get(id.name())).map(this::of).orElse(Set.of());
      case VIRTUAL_NODE ->
          Optional.ofNullable(mesh.nodes().get(id.name())).map(this::of).orElse(Set.of());
    };
  }

  private void addService(String name, Set<Object> parts) {
    Mesh mesh = translator.mesh();
    VirtualService service = mesh.services().get(name);
    if (service == null || !parts.add(service)) {
      return;
    }
    service
        .provider()
        .ifPresent(
            provider -> {
              if (provider instanceof VirtualService.Provider.Router router) {
                Stream.ofNullable(mesh.routers().get(router.name()))
                    .forEach(known -> addRouter(known, parts));
              } else {
                addNode(((VirtualService.Provider.Node) provider).name(), parts);
              }
            });
  }

  private void addRouter(VirtualRouter router, Set<Object> parts) {
    parts.add(router);
    router.routes().stream()
        .flatMap(route -> route.targets().stream())
        .map(WeightedTarget::node)
        .forEach(node -> addNode(node, parts));
  }

  private void addNode(String name, Set<Object> parts) {
    VirtualNode node = translator.mesh().nodes().get(name);
    if (node != null && parts.add(node)) {
      node.serviceDiscovery()
          .ifPresent(
              discovery ->
                  parts.add(
                      List.of(
                          discovery.service(),
                          Optional.ofNullable(translator.instances().get(discovery.service())))));
    }
  }
}
