package colorteller.local;

import static java.util.stream.Collectors.toMap;

import colorteller.controlplane.AdsException;
import colorteller.controlplane.AdsServer;
import colorteller.controlplane.Instance;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.Dns;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A mesh on this machine: a real Envoy for each gateway and node, the nodes' applications, and in
 * this process DNS and the control plane. Closing it ends every process and removes every file.
 */
public final class LocalMesh implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration SWITCH_LIMIT = Duration.ofSeconds(15);
  private static final String CLUSTERS_WARMING = "cluster_manager.warming_clusters";
  private static final String LISTENERS_WARMING = "listener_manager.total_listeners_warming";
  private static final String LISTENERS_DRAINING = "listener_manager.total_listeners_draining";

  private final Map<String, Workload> workloads;
  private final Map<ProxyId, ProxyPorts> ports;
  private final Opened opened = new Opened();
  private final Applications applications = new Applications();
  private final Envoys envoys = new Envoys();
  private final DnsServer dns;
  private final AdsServer ads;
  private final Loopback loopback;
  private Mesh mesh;

  /**
   * Starts everything; the Envoys run and have nothing to do before {@link #apply}.
   *
   * @param envoy the Envoy executable
   * @param mesh any stage of the mesh: its gateways and nodes, which do not change
   * @param workloads what runs behind each node, by the node's name
   * @throws MeshFailure if something does not start; nothing is left running then
   */
  public LocalMesh(Path envoy, Mesh mesh, Map<String, Workload> workloads) {
    this.mesh = mesh;
    this.workloads = workloads;
    try {
      ports = Ports.of(mesh);
      Path folder = opened.add(new TemporaryFolder()).path();
      dns = opened.add(new DnsServer(hostnames()));
      ads = opened.add(new AdsServer(IpFamily.IPV4.socketAddress(0)));
      opened.add(applications);
      opened.add(envoys);
      for (Map.Entry<ProxyId, ProxyPorts> proxy : ports.entrySet()) {
        envoys.start(envoy, proxy.getKey(), proxy.getValue().admin(), ads.port(), folder);
      }
      for (VirtualNode node : mesh.nodes().values()) {
        if (node.listener().isPresent()) {
          applications.start(node, workload(node), ports(node).application());
        }
      }
      loopback = new Loopback(mesh, ports, dns.port(), envoys);
      // The first time takes half a second, in which the Envoys start.
      ads.rehearse(translate(mesh));
      envoys.await(
          "connect to the control plane",
          START_LIMIT,
          limit -> ads.awaitConnected(ports.keySet(), limit));
      give(ports.keySet().stream().collect(toMap(id -> id, id -> ProxyResources.NONE)));
      supervise();
    } catch (IOException e) {
      close();
      throw new MeshFailure("The mesh cannot start on this machine: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * Gives every Envoy what a stage asks of it, and waits until the stage has taken effect: every
   * Envoy has acknowledged it, none has a cluster or listener that warms or a listener that drains.
   *
   * @return how long it took until all had acknowledged and nothing warmed
   * @throws MeshFailure if an Envoy has ended, rejects its resources or is not done in time
   */
  public Duration apply(Mesh stage) {
    long start = System.nanoTime();
    mesh = stage;
    give(translate(stage));
    Duration converged = Duration.ofNanos(System.nanoTime() - start);
    envoys.await("drain their former listeners", SWITCH_LIMIT, envoys.zero(LISTENERS_DRAINING));
    return converged;
  }

  /** Gives every Envoy its resources, and waits until all have them and nothing warms. */
  private void give(Map<ProxyId, ProxyResources> resources) {
    ads.push(resources);
    try {
      envoys.await("acknowledge their resources", SWITCH_LIMIT, ads::awaitAcknowledged);
    } catch (AdsException e) {
      throw new MeshFailure(String.valueOf(e.getMessage()));
    }
    envoys.await(
        "warm their clusters and listeners",
        SWITCH_LIMIT,
        envoys.zero(CLUSTERS_WARMING, LISTENERS_WARMING));
  }

  private Map<ProxyId, ProxyResources> translate(Mesh stage) {
    return new Translator(
            stage,
            loopback,
            Instance.ofEachNode(
                stage, node -> workload(node).discovery(), (node, family) -> family.loopback()))
        .proxies();
  }

  /** The families under which DNS knows each host name. */
  private Map<String, Set<IpFamily>> hostnames() {
    Map<String, Set<IpFamily>> result = new HashMap<>();
    for (VirtualNode node : mesh.nodes().values()) {
      if (node.serviceDiscovery().orElse(null) instanceof Dns name) {
        result.put(name.hostname().toLowerCase(Locale.ROOT), workload(node).discovery());
      }
    }
    return result;
  }

  private Workload workload(VirtualNode node) {
    return Objects.requireNonNull(workloads.get(node.name()), node.name());
  }

  /** What requests give now; see {@link Prober}. */
  public Prober prober() {
    return new Prober(this);
  }

  /**
   * Fails if anything that should run has ended.
   *
   * @throws MeshFailure which names it
   */
  public void supervise() {
    envoys.supervise();
    dns.supervise();
    applications.supervise();
  }

  /** The stage in force. */
  Mesh mesh() {
    return mesh;
  }

  EnvoyProcess envoy(VirtualGateway gateway) {
    return envoys.of(ProxyId.of(mesh, gateway));
  }

  EnvoyProcess envoy(VirtualNode node) {
    return envoys.of(ProxyId.of(mesh, node));
  }

  Applications.Application application(VirtualNode node) {
    return applications.of(node);
  }

  private ProxyPorts ports(VirtualNode node) {
    return Objects.requireNonNull(ports.get(ProxyId.of(mesh, node)));
  }

  /** The port of this machine at which a gateway takes requests. */
  public int port(VirtualGateway gateway) {
    return Objects.requireNonNull(ports.get(ProxyId.of(mesh, gateway))).ingress();
  }

  /** The port of each Envoy's admin interface on 127.0.0.1. */
  public Map<ProxyId, Integer> adminPorts() {
    return envoys.adminPorts();
  }

  /** Ends what was started, in the opposite order. Can be called again. */
  @Override
  public void close() {
    opened.close();
  }
}
