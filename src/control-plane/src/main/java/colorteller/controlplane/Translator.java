package colorteller.controlplane;

import static java.util.stream.Collectors.toSet;

import colorteller.controlplane.Listeners.EgressPort;
import colorteller.controlplane.Upstreams.ServiceClusters;
import colorteller.mesh.Backend;
import colorteller.mesh.ClientTls;
import colorteller.mesh.GatewayRoute;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualService;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What App Mesh's control plane did: tells each Envoy of a mesh where to listen and where to send.
 * Source: the appendix of AWS's walkthrough of IPv6 in App Mesh, App Mesh's user guide, and the
 * configuration that App Mesh gave its gateways.
 *
 * @param mesh the mesh
 * @param placement where its Envoys and applications are
 * @param instances what is registered with each Cloud Map service, whatever its attributes. Of a
 *     service that is not named nothing is known: its nodes' clusters get no endpoints, and Envoys
 *     keep those that they have
 */
public record Translator(Mesh mesh, Placement placement, Map<CloudMap, List<Instance>> instances) {

  /**
   * Those proxies whose part of the mesh has changed, new ones among them.
   *
   * @param before what was translated then, with the same placement
   */
  public Set<ProxyId> changed(Translator before) {
    Dependencies now = new Dependencies(this);
    Dependencies then = new Dependencies(before);
    return now.ofAll().equals(then.ofAll())
        ? ids().parallelStream().filter(id -> !now.of(id).equals(then.of(id))).collect(toSet())
        : ids();
  }

  /** The resources of every proxy. */
  public Map<ProxyId, ProxyResources> proxies() {
    Map<ProxyId, ProxyResources> proxies = new LinkedHashMap<>();
    // A large mesh has many proxies, and each is translated by itself.
    ids().parallelStream()
        .map(id -> Map.entry(id, proxy(id).orElseThrow()))
        .toList()
        .forEach(entry -> proxies.put(entry.getKey(), entry.getValue()));
    return proxies;
  }

  /** Every proxy: the gateways, then the nodes. */
  public Set<ProxyId> ids() {
    Set<ProxyId> ids = new LinkedHashSet<>();
    mesh.gateways().values().forEach(gateway -> ids.add(ProxyId.of(mesh, gateway)));
    mesh.nodes().values().forEach(node -> ids.add(ProxyId.of(mesh, node)));
    return ids;
  }

  /** The resources of one proxy; empty if the mesh has no such proxy. */
  public Optional<ProxyResources> proxy(ProxyId id) {
    return switch (id.kind()) {
      case VIRTUAL_GATEWAY ->
          Optional.ofNullable(mesh.gateways().get(id.name())).map(this::gateway);
      case VIRTUAL_NODE -> Optional.ofNullable(mesh.nodes().get(id.name())).map(this::node);
    };
  }

  private ProxyResources gateway(VirtualGateway gateway) {
    ProxyId proxy = ProxyId.of(mesh, gateway);
    Upstreams upstreams = new Upstreams(mesh);
    List<ServiceClusters> services = services(gateway, upstreams);
    Listeners listeners = new Listeners(mesh, proxy, placement, gateway.accessLog());
    Clusters clusters = new Clusters(mesh, proxy, placement);
    Map<String, Cluster> own = new LinkedHashMap<>();
    gateway
        .listeners()
        .forEach(
            listener -> {
              Cluster cluster =
                  clusters.selfRedirect(gateway, listener, listeners.gatewayEgressPort());
              own.putIfAbsent(cluster.getName(), cluster);
            });
    List<Cluster> all = new ArrayList<>(own.values());
    upstreams.all().forEach((upstream, name) -> all.add(clusters.egress(upstream, name)));
    List<Listener> listening = new ArrayList<>(listeners.gatewayIngress(gateway));
    listening.add(listeners.gatewayEgress());
    List<RouteConfiguration> routes = new ArrayList<>();
    gateway
        .listeners()
        .forEach(listener -> routes.add(GatewayRoutes.ingress(mesh, gateway, listener)));
    routes.add(GatewayRoutes.egress(gateway, services));
    return new ProxyResources(
        all,
        endpoints(upstreams),
        listening,
        routes,
        secrets(proxy, gateway.listeners(), upstreams));
  }

  /** What a gateway sends to. */
  private List<ServiceClusters> services(VirtualGateway gateway, Upstreams upstreams) {
    return gateway.routes().stream()
        .flatMap(this::servicePort)
        .distinct()
        .map(service -> upstreams.add(service, gateway.tls()))
        .toList();
  }

  /**
   * The port of a virtual service that a gateway route sends to: that which it names, or the first.
   */
  private Stream<ServicePort> servicePort(GatewayRoute route) {
    return Stream.ofNullable(mesh.services().get(route.virtualService()))
        .flatMap(service -> ServicePort.of(mesh, service).stream())
        .filter(port -> port.protocol().hasRequests())
        .filter(port -> route.port().isEmpty() || route.port().get() == port.port())
        .limit(1);
  }

  private ProxyResources node(VirtualNode node) {
    ProxyId proxy = ProxyId.of(mesh, node);
    Upstreams upstreams = new Upstreams(mesh);
    Collection<EgressPort> ports = egressPorts(node, upstreams);

    Listeners own = new Listeners(mesh, proxy, placement, node.accessLog());
    Clusters clusters = new Clusters(mesh, proxy, placement);
    List<Cluster> all = new ArrayList<>();
    List<Listener> listeners = new ArrayList<>();
    List<RouteConfiguration> routes = new ArrayList<>();
    if (!node.listeners().isEmpty()) {
      listeners.add(own.ingress(node));
    }
    for (colorteller.mesh.Listener listener : node.listeners()) {
      all.add(clusters.ingress(node, listener));
      if (listener.protocol().hasRequests()) {
        routes.add(Routes.ingress(mesh, node, listener));
      }
    }
    all.add(clusters.external());
    if (!mesh.allowsExternalTraffic()) {
      all.add(clusters.aws());
    }
    upstreams.all().forEach((upstream, name) -> all.add(clusters.egress(upstream, name)));
    own.egress(node, ports).ifPresent(listeners::add);
    for (EgressPort port : ports) {
      if (port.protocol() != Protocol.TCP) {
        int local = placement.egressPort(proxy, port.port());
        routes.add(Routes.egress(mesh, port.port(), local, port.services()));
      }
    }
    return new ProxyResources(
        all, endpoints(upstreams), listeners, routes, secrets(proxy, node.listeners(), upstreams));
  }

  private List<Secret> secrets(
      ProxyId proxy, List<colorteller.mesh.Listener> listeners, Upstreams upstreams) {
    TlsContexts contexts = new TlsContexts(proxy, placement);
    return Stream.concat(
            listeners.stream().flatMap(own -> own.encryption().stream()).flatMap(contexts::secrets),
            upstreams.all().keySet().stream()
                .flatMap(upstream -> upstream.tls().stream())
                .flatMap(contexts::secrets))
        .distinct()
        .toList();
  }

  /** The ports that a node sends to. Where requests and TCP meet at one, the requests count. */
  private Collection<EgressPort> egressPorts(VirtualNode node, Upstreams upstreams) {
    SortedMap<Integer, List<ServiceClusters>> requests = new TreeMap<>();
    SortedMap<Integer, List<ServiceClusters>> connections = new TreeMap<>();
    for (Backend backend : node.backends()) {
      VirtualService service = mesh.services().get(backend.virtualService());
      if (service != null) {
        Optional<ClientTls> policy = backend.tls().or(node::tls);
        for (ServicePort port : ServicePort.of(mesh, service)) {
          (port.protocol().hasRequests() ? requests : connections)
              .computeIfAbsent(port.port(), p -> new ArrayList<>())
              .add(upstreams.add(port, policy));
        }
      }
    }
    SortedMap<Integer, EgressPort> ports = new TreeMap<>();
    connections.forEach((port, all) -> ports.put(port, new EgressPort(port, Protocol.TCP, all)));
    requests.forEach((port, all) -> ports.put(port, new EgressPort(port, Protocol.HTTP, all)));
    return ports.values();
  }

  private List<ClusterLoadAssignment> endpoints(Upstreams upstreams) {
    return upstreams.all().entrySet().stream()
        .flatMap(cluster -> endpoints(cluster.getKey(), cluster.getValue()))
        .toList();
  }

  /** What each Envoy sends to. */
  Stream<Upstreams> upstreams() {
    return Stream.concat(
        mesh.gateways().values().stream().map(this::upstreams),
        mesh.nodes().values().stream().map(this::upstreams));
  }

  private Upstreams upstreams(VirtualGateway gateway) {
    Upstreams upstreams = new Upstreams(mesh);
    services(gateway, upstreams);
    return upstreams;
  }

  private Upstreams upstreams(VirtualNode node) {
    Upstreams upstreams = new Upstreams(mesh);
    egressPorts(node, upstreams);
    return upstreams;
  }

  private Stream<ClusterLoadAssignment> endpoints(Upstream upstream, String cluster) {
    return upstream
        .cloudMap()
        .flatMap(found -> Optional.ofNullable(instances.get(found.service())))
        .map(known -> Endpoints.fromCloudMap(mesh, upstream, cluster, known, placement))
        .stream();
  }
}
