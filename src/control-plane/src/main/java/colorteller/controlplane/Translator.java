package colorteller.controlplane;

import colorteller.controlplane.Listeners.EgressPort;
import colorteller.controlplane.Upstreams.ServiceClusters;
import colorteller.mesh.Backend;
import colorteller.mesh.ClientTls;
import colorteller.mesh.GatewayRoute;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
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
public record Translator(
    Mesh mesh, Placement placement, Map<ServiceDiscovery.CloudMap, List<Instance>> instances) {

  /** The resources of every proxy. */
  public Map<ProxyId, ProxyResources> proxies() {
    Map<ProxyId, ProxyResources> proxies = new LinkedHashMap<>();
    mesh.gateways().values().forEach(g -> proxies.put(ProxyId.of(mesh, g), gateway(g)));
    // A large mesh has many nodes, and each is translated by itself.
    mesh.nodes().values().parallelStream()
        .map(node -> Map.entry(ProxyId.of(mesh, node), node(node)))
        .toList()
        .forEach(entry -> proxies.put(entry.getKey(), entry.getValue()));
    return proxies;
  }

  /**
   * The resources of every proxy, where others were in force before: of a proxy whose part of the
   * mesh is the same, what was translated then is used again.
   *
   * @param before what was translated then, with the same placement
   * @param translated what came of it
   */
  public Map<ProxyId, ProxyResources> proxies(
      Translator before, Map<ProxyId, ProxyResources> translated) {
    Map<ProxyId, ProxyResources> proxies = new LinkedHashMap<>();
    Dependencies now = new Dependencies(this);
    Dependencies then = new Dependencies(before);
    boolean same = now.ofAll().equals(then.ofAll());
    mesh.gateways()
        .values()
        .forEach(
            g -> {
              ProxyId id = ProxyId.of(mesh, g);
              ProxyResources known = same ? translated.get(id) : null;
              proxies.put(
                  id,
                  known != null && now.of(g).equals(then.ofGateway(g.name())) ? known : gateway(g));
            });
    mesh.nodes()
        .values()
        .forEach(
            n -> {
              ProxyId id = ProxyId.of(mesh, n);
              ProxyResources known = same ? translated.get(id) : null;
              proxies.put(
                  id, known != null && now.of(n).equals(then.ofNode(n.name())) ? known : node(n));
            });
    return proxies;
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

  /** The endpoints of the clusters that send to some nodes, as far as these have such. */
  public List<ClusterLoadAssignment> endpoints(Collection<VirtualNode> nodes) {
    Set<VirtualNode> wanted = Set.copyOf(nodes);
    Map<String, Upstream> clusters = new LinkedHashMap<>();
    Consumer<Upstreams> collect =
        upstreams ->
            upstreams
                .all()
                .forEach(
                    (upstream, name) -> {
                      if (upstream.node().filter(wanted::contains).isPresent()) {
                        clusters.put(name, upstream);
                      }
                    });
    mesh.gateways().values().forEach(gateway -> collect.accept(upstreams(gateway)));
    mesh.nodes().values().forEach(node -> collect.accept(upstreams(node)));
    return clusters.entrySet().stream()
        .flatMap(cluster -> endpoints(cluster.getValue(), cluster.getKey()))
        .toList();
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
    return upstream.node().flatMap(VirtualNode::serviceDiscovery).orElse(null)
                instanceof ServiceDiscovery.CloudMap discovery
            && instances.containsKey(discovery.service())
        ? Stream.of(
            Endpoints.fromCloudMap(
                mesh,
                upstream,
                cluster,
                discovery,
                Objects.requireNonNull(instances.get(discovery.service())),
                placement))
        : Stream.empty();
  }
}
