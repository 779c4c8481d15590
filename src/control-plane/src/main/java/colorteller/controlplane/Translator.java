package colorteller.controlplane;

import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.GatewayRoute;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.RouteTable;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter;
import colorteller.mesh.VirtualService;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What App Mesh's control plane did: tells each Envoy of a mesh where to listen and where to send.
 * Source: the appendix of AWS's walkthrough of IPv6 in App Mesh, and the configuration that App
 * Mesh gave its gateways.
 *
 * @param mesh the mesh
 * @param placement where its Envoys and applications are
 * @param instances what is registered with each Cloud Map service. Of a service that is not named
 *     nothing is known: its nodes' clusters get no endpoints, and Envoys keep those that they have
 */
public record Translator(
    Mesh mesh, Placement placement, Map<ServiceDiscovery.CloudMap, List<Instance>> instances) {

  /** The resources of every proxy. */
  public Map<ProxyId, ProxyResources> proxies() {
    Map<ProxyId, ProxyResources> proxies = new LinkedHashMap<>();
    mesh.gateways().values().forEach(g -> proxies.put(ProxyId.of(mesh, g), gateway(g)));
    mesh.nodes().values().forEach(n -> proxies.put(ProxyId.of(mesh, n), node(n)));
    return proxies;
  }

  private ProxyResources gateway(VirtualGateway gateway) {
    List<VirtualService> services =
        gateway.routes().stream()
            .map(GatewayRoute::virtualService)
            .distinct()
            .map(this::service)
            .toList();
    Listeners own = new Listeners(mesh, ProxyId.of(mesh, gateway), placement);
    List<Cluster> clusters = new ArrayList<>();
    clusters.add(Clusters.selfRedirect(mesh, gateway, own.gatewayEgressPort()));
    targets(services).forEach(node -> clusters.add(Clusters.egress(mesh, node, placement)));
    return new ProxyResources(
        clusters,
        endpoints(targets(services)),
        List.of(own.gatewayIngress(gateway), own.gatewayEgress()),
        List.of(
            Routes.gatewayIngress(mesh, gateway),
            Routes.egress(mesh, EnvoyPorts.EGRESS, services)));
  }

  private ProxyResources node(VirtualNode node) {
    SortedMap<Integer, List<VirtualService>> backends = new TreeMap<>();
    node.backends().stream()
        .map(this::service)
        .forEach(
            service ->
                port(service)
                    .forEach(
                        port ->
                            backends.computeIfAbsent(port, p -> new ArrayList<>()).add(service)));
    Collection<VirtualNode> targets =
        targets(backends.values().stream().flatMap(List::stream).toList());

    Listeners own = new Listeners(mesh, ProxyId.of(mesh, node), placement);
    List<Cluster> clusters = new ArrayList<>();
    List<Listener> listeners = new ArrayList<>();
    List<RouteConfiguration> routes = new ArrayList<>();
    if (node.listener().isPresent()) {
      clusters.add(Clusters.ingress(mesh, node, placement));
      listeners.add(own.ingress(node));
      routes.add(Routes.ingress(mesh, node));
    }
    clusters.add(Clusters.external(mesh));
    targets.forEach(target -> clusters.add(Clusters.egress(mesh, target, placement)));
    own.egress(node, backends.keySet()).ifPresent(listeners::add);
    backends.forEach((port, services) -> routes.add(Routes.egress(mesh, port, services)));
    return new ProxyResources(clusters, endpoints(targets), listeners, routes);
  }

  /** The endpoints of the clusters that send to some nodes, as far as these have such. */
  public List<ClusterLoadAssignment> endpoints(Collection<VirtualNode> nodes) {
    List<ClusterLoadAssignment> endpoints = new ArrayList<>();
    for (VirtualNode node : nodes) {
      if (node.serviceDiscovery().orElseThrow() instanceof ServiceDiscovery.CloudMap service
          && instances.containsKey(service)) {
        endpoints.add(
            Endpoints.fromCloudMap(
                Names.egressCluster(mesh, node),
                placement.port(node),
                Objects.requireNonNull(instances.get(service)),
                mesh.effectivePreference(node)));
      }
    }
    return endpoints;
  }

  private VirtualService service(String name) {
    return Objects.requireNonNull(mesh.services().get(name), name);
  }

  /** The nodes behind some virtual services, each once. */
  private Collection<VirtualNode> targets(List<VirtualService> services) {
    return services.stream()
        .flatMap(service -> mesh.routes().branches(service).stream())
        .map(RouteTable.Branch::node)
        .distinct()
        .toList();
  }

  /** The port that clients of a virtual service use; none where nothing provides it. */
  private Stream<Integer> port(VirtualService service) {
    return service.provider().stream()
        .map(
            provider ->
                provider instanceof VirtualService.Provider.Node node
                    ? Names.port(Routes.node(mesh, node.name()))
                    : router(provider).port());
  }

  private VirtualRouter router(VirtualService.Provider provider) {
    String name = ((VirtualService.Provider.Router) provider).name();
    return Objects.requireNonNull(mesh.routers().get(name), name);
  }
}
