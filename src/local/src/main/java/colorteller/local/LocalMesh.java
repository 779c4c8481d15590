package colorteller.local;

import static java.util.stream.Collectors.joining;

import colorteller.colorteller.ColorTeller;
import colorteller.colorteller.IpFamilies;
import colorteller.controlplane.AdsException;
import colorteller.controlplane.AdsServer;
import colorteller.controlplane.Instance;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.ServiceDiscovery.Dns;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A mesh on this machine: a real Envoy for each gateway and node, the nodes' applications, and in
 * this process DNS and the control plane. Closing it ends every process and removes every file.
 */
public final class LocalMesh implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration SWITCH_LIMIT = Duration.ofSeconds(15);
  // How often a wait looks whether an Envoy has ended.
  private static final Duration LOOK = Duration.ofMillis(200);
  static final Duration HEALTH_CHECK_INTERVAL = Duration.ofMillis(100);
  private static final String CLUSTERS_WARMING = "cluster_manager.warming_clusters";
  private static final String LISTENERS_WARMING = "listener_manager.total_listeners_warming";
  private static final String LISTENERS_DRAINING = "listener_manager.total_listeners_draining";

  /** An application, and where it listens. */
  record Application(int port, Set<IpFamily> families, ColorTeller server) {}

  private final Map<String, Workload> workloads;
  private final Map<String, ProxyPorts> ports = new LinkedHashMap<>();
  private final Map<String, EnvoyProcess> envoys = new LinkedHashMap<>();
  private final Map<String, AccessLog> accessLogs = new HashMap<>();
  private final Map<String, Application> applications = new LinkedHashMap<>();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Thread atExit = new Thread(this::closeAll, "close the local mesh");
  private final Path directory;
  private final AdsServer ads;
  private final DnsServer dns;
  private Mesh mesh;
  private boolean closed;

  /**
   * Starts everything; the Envoys have no configuration before {@link #apply}.
   *
   * @param envoy the Envoy executable
   * @param mesh any stage of the mesh: its gateways and nodes, which do not change
   * @param workloads what runs behind each node, by the node's name
   * @throws MeshFailure if something does not start; nothing is left running then
   */
  public LocalMesh(Path envoy, Mesh mesh, Map<String, Workload> workloads) {
    this.mesh = mesh;
    this.workloads = workloads;
    // Ctrl-C ends this process in the middle of anything.
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      directory = Files.createTempDirectory("walkthrough-");
      opened(this::deleteDirectory);
      dns = opened(new DnsServer(discovery(Dns.class, d -> d.hostname().toLowerCase(Locale.ROOT))));
      ads = opened(new AdsServer(IpFamily.IPV4.socketAddress(0)));
      startApplications();
      startEnvoys(envoy);
    } catch (IOException e) {
      close();
      throw new MeshFailure("The mesh cannot start on this machine: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void startApplications() throws IOException {
    Ports free = new Ports();
    for (VirtualGateway gateway : mesh.gateways().values()) {
      ports.put(
          Translator.id(mesh, gateway),
          new ProxyPorts(
              free.next(),
              Map.of(gateway.listener().port(), free.next(), EnvoyPorts.EGRESS, free.next()),
              0));
    }
    for (VirtualNode node : mesh.nodes().values()) {
      ProxyPorts own =
          new ProxyPorts(
              free.next(),
              Map.of(EnvoyPorts.INGRESS, free.next(), EnvoyPorts.EGRESS, free.next()),
              free.next());
      ports.put(Translator.id(mesh, node), own);
      if (node.listener().isPresent()) {
        Workload workload = workload(node);
        ColorTeller server =
            opened(
                ColorTeller.start(
                    own.application(),
                    workload.answer(),
                    IpFamilies.parse(IpFamily.word(workload.application()))));
        applications.put(
            node.name(), new Application(own.application(), workload.application(), server));
      }
    }
  }

  private void startEnvoys(Path envoy) throws IOException {
    for (Map.Entry<String, ProxyPorts> proxy : ports.entrySet()) {
      Path own = Files.createDirectory(directory.resolve("proxy-" + envoys.size()));
      EnvoyProcess process =
          opened(
              new EnvoyProcess(envoy, proxy.getKey(), proxy.getValue().admin(), ads.port(), own));
      envoys.put(proxy.getKey(), process);
      accessLogs.put(proxy.getKey(), new AccessLog(own.resolve("access.log")));
    }
    await(
        "connect to the control plane",
        START_LIMIT,
        limit -> ads.awaitConnected(envoys.keySet(), limit));
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
    ads.push(localResources());
    try {
      await("acknowledge the stage", SWITCH_LIMIT, ads::awaitAcknowledged);
    } catch (AdsException e) {
      throw new MeshFailure(String.valueOf(e.getMessage()));
    }
    await(
        "warm its clusters and listeners", SWITCH_LIMIT, zero(CLUSTERS_WARMING, LISTENERS_WARMING));
    Duration converged = Duration.ofNanos(System.nanoTime() - start);
    await("drain its former listeners", SWITCH_LIMIT, zero(LISTENERS_DRAINING));
    return converged;
  }

  private Map<String, ProxyResources> localResources() {
    Loopback loopback = new Loopback(ports, dns.port(), HEALTH_CHECK_INTERVAL);
    Map<String, ProxyResources> result = new LinkedHashMap<>();
    new Translator(mesh, instances())
        .proxies()
        .forEach(
            (id, resources) ->
                result.put(
                    id,
                    loopback.move(
                        mesh, id, resources, Objects.requireNonNull(accessLogs.get(id)).file())));
    return result;
  }

  /** What Cloud Map would hold: an instance a service, with the loopback addresses. */
  private Map<CloudMap, List<Instance>> instances() {
    Map<CloudMap, List<Instance>> result = new HashMap<>();
    discovery(CloudMap.class, Function.identity())
        .forEach(
            (service, families) -> {
              Map<IpFamily, String> addresses = new EnumMap<>(IpFamily.class);
              families.forEach(family -> addresses.put(family, family.loopback()));
              result.put(service, List.of(new Instance(addresses)));
            });
    return result;
  }

  /** The families under which the nodes that use one kind of service discovery can be found. */
  private <D extends ServiceDiscovery, K> Map<K, Set<IpFamily>> discovery(
      Class<D> kind, Function<D, K> key) {
    Map<K, Set<IpFamily>> result = new HashMap<>();
    for (VirtualNode node : mesh.nodes().values()) {
      node.serviceDiscovery()
          .filter(kind::isInstance)
          .map(kind::cast)
          .ifPresent(discovery -> result.put(key.apply(discovery), workload(node).discovery()));
    }
    return result;
  }

  Workload workload(VirtualNode node) {
    return Objects.requireNonNull(workloads.get(node.name()), node.name());
  }

  /**
   * Begins to watch health checks. What it reads later is, for each gateway and node, the gateway
   * Envoy's own {@code health_check.healthy}; a node without a health check has no entry.
   */
  public HealthStatistics watchHealth() {
    return new HealthStatistics(this);
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
    for (EnvoyProcess envoy : envoys.values()) {
      if (!envoy.isAlive()) {
        throw new MeshFailure(envoy.obituary());
      }
    }
    if (!dns.isAlive()) {
      throw new MeshFailure("The DNS server of the local mesh has ended.");
    }
    applications.forEach(
        (node, application) -> {
          for (IpFamily family : application.families()) {
            if (!Prober.answers(family, application.port())) {
              throw new MeshFailure(
                  "The application of %s does not answer at %s any more."
                      .formatted(node, family.loopback()));
            }
          }
        });
  }

  Mesh mesh() {
    return mesh;
  }

  EnvoyProcess envoy(VirtualGateway gateway) {
    return Objects.requireNonNull(envoys.get(Translator.id(mesh, gateway)));
  }

  EnvoyProcess envoy(VirtualNode node) {
    return Objects.requireNonNull(envoys.get(Translator.id(mesh, node)));
  }

  AccessLog accessLog(VirtualGateway gateway) {
    return Objects.requireNonNull(accessLogs.get(Translator.id(mesh, gateway)));
  }

  AccessLog accessLog(VirtualNode node) {
    return Objects.requireNonNull(accessLogs.get(Translator.id(mesh, node)));
  }

  Application application(VirtualNode node) {
    return Objects.requireNonNull(applications.get(node.name()));
  }

  /** The port of this machine at which a gateway takes requests. */
  public int port(VirtualGateway gateway) {
    return Objects.requireNonNull(ports.get(Translator.id(mesh, gateway)))
        .listener(gateway.listener().port());
  }

  /** The port of each Envoy's admin interface on 127.0.0.1, by the gateway's or node's name. */
  public Map<String, Integer> adminPorts() {
    Map<String, Integer> result = new LinkedHashMap<>();
    envoys.forEach(
        (id, envoy) -> result.put(id.substring(id.lastIndexOf('/') + 1), envoy.adminPort()));
    return result;
  }

  /** The gateway's clusters' nodes that have a health check. */
  Collection<VirtualNode> checkedNodes(VirtualGateway gateway) {
    return mesh.requests().stream()
        .filter(request -> request.gateway().equals(gateway))
        .flatMap(request -> request.node().stream())
        .filter(node -> node.listener().flatMap(Listener::healthCheck).isPresent())
        .distinct()
        .toList();
  }

  /** Waits for something of every Envoy; gives those that are not there within a limit. */
  private interface Wait {
    Set<String> missing(Duration limit) throws InterruptedException;
  }

  private void await(String what, Duration limit, Wait wait) {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (true) {
        Set<String> missing = wait.missing(LOOK);
        if (missing.isEmpty()) {
          return;
        }
        for (String proxy : missing) {
          EnvoyProcess envoy = Objects.requireNonNull(envoys.get(proxy));
          if (!envoy.isAlive()) {
            throw new MeshFailure(envoy.obituary());
          }
        }
        if (System.nanoTime() > deadline) {
          throw new MeshFailure(
              "After %d s, these Envoys did not %s: %s"
                  .formatted(limit.toSeconds(), what, String.join(", ", missing)));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeshFailure("interrupted while waiting for the Envoys to " + what);
    }
  }

  private Wait zero(String... statistics) {
    String regex =
        Stream.of(statistics)
            .map(name -> name.replace(".", "\\."))
            .collect(joining("|", "^(", ")$"));
    return limit -> {
      long deadline = System.nanoTime() + limit.toNanos();
      while (true) {
        Set<String> missing = new TreeSet<>();
        envoys.forEach(
            (id, envoy) -> {
              Map<String, Long> values = envoy.statistics(regex);
              if (values.size() != statistics.length
                  || values.values().stream().anyMatch(value -> value != 0)) {
                missing.add(id);
              }
            });
        if (missing.isEmpty() || System.nanoTime() > deadline) {
          return missing;
        }
        Pause.briefly();
      }
    };
  }

  private void deleteDirectory() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> found = Files.walk(directory)) {
      found.sorted(Comparator.reverseOrder()).forEach(files::add);
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  /** Remembers what {@link #close} has to close. */
  private synchronized <T extends AutoCloseable> T opened(T resource) throws IOException {
    if (closed) {
      closeOne(resource);
      throw new MeshFailure("stopped while starting");
    }
    open.push(resource);
    return resource;
  }

  /** Ends what was started, in the opposite order. Can be called again. */
  @Override
  public void close() {
    closeAll();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process is ending: the hook has run or runs now, and finds nothing left to do.
    }
  }

  private synchronized void closeAll() {
    closed = true;
    // All are told at once, so that closing takes as long as the slowest.
    envoys.values().forEach(EnvoyProcess::stop);
    while (!open.isEmpty()) {
      closeOne(open.pop());
    }
  }

  private static void closeOne(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      throw new MeshFailure("The mesh did not end cleanly: " + e);
    }
  }
}
