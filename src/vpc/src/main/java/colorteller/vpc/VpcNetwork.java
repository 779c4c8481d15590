package colorteller.vpc;

import colorteller.controlplane.AwsTask;
import colorteller.controlplane.Instance;
import colorteller.controlplane.Placement;
import colorteller.deployment.Deployment;
import colorteller.deployment.EcsService;
import colorteller.deployment.LoadBalancer;
import colorteller.local.AccessLog;
import colorteller.local.EnvoyProcess;
import colorteller.local.Envoys;
import colorteller.local.MeshFailure;
import colorteller.local.Network;
import colorteller.local.Opened;
import colorteller.local.TemporaryFolder;
import colorteller.mesh.HealthCheck;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.vpc.VpcNamespaces.Attachment;
import colorteller.vpc.agent.AgentClient;
import colorteller.vpc.agent.HttpAnswer;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What stacks deploy, on this machine: each task in a network namespace with the addresses of its
 * subnet, guarded by its security groups and redirected as ECS does it; the VPC's DNS; a client in
 * the internet, whose requests come through the load balancer.
 *
 * <p>The Envoys are told what they would be told on AWS. What differs, and nothing else: how they
 * reach their control plane (a socket in the file system), the interval of health checks, so that
 * their statistic follows a change of stage, and an access log of the requests of this program.
 */
public final class VpcNetwork implements Network {

  private static final Duration HEALTH_CHECK_INTERVAL = Duration.ofMillis(50);
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);

  // Envoy's response flag of a refused connection.
  private static final String CONNECTION_FAILED = "UF";

  private final Opened opened = new Opened();
  private final Envoys envoys = new Envoys();
  private final Deployment deployment;
  private final Path folder;
  private final VpcNamespaces namespaces;
  private final AgentClient router;
  private final AgentClient client;
  private final TaskStarter starter;
  private final LoadBalancerProcess loadBalancer;
  private final EcsTasks tasks;
  private volatile @Nullable SocketAddress controlPlane;
  private volatile boolean checksAsOnAws;

  /**
   * Lays the network; nothing runs in it yet but its load balancer.
   *
   * @param envoy the Envoy executable
   * @param application the class path of the colorteller
   * @param deployment what is deployed
   * @throws VpcUnavailable if this machine does not allow it
   */
  public VpcNetwork(Path envoy, String application, Deployment deployment) {
    this.deployment = deployment;
    try {
      folder = opened.add(new TemporaryFolder()).path();
      opened.add(envoys);
      // Closed first: what runs inside ends with it, and who waits for that collects it. The other
      // way
      // round, the namespaces would last until this machine's process 1 has collected what lost its
      // parent.
      namespaces = opened.add(new VpcNamespaces(deployment.vpc(), deployment.groups()));
      router = agent(VpcNamespaces.ROUTER, namespaces.resolver());
      client = agent(VpcNamespaces.CLIENT);
      starter = new TaskStarter(envoy, application, namespaces, router, envoys, folder);
      List<Attachment> attachments = new ArrayList<>();
      LoadBalancer balancer = only(deployment.loadBalancers(), "load balancer");
      attachments.add(
          new Attachment("load-balancer", balancer.subnets().get(0), balancer.groups()));
      deployment
          .instances()
          .forEach(i -> attachments.add(new Attachment("bastion", i.subnet(), i.groups())));
      for (EcsService service : deployment.services()) {
        for (int number = 1; number <= service.desiredCount(); number++) {
          attachments.add(starter.attachment(service));
        }
      }
      List<NetworkInterface> assigned = namespaces.assign(attachments);
      // Cables are laid while the load balancer's configuration is written.
      CompletableFuture<Void> attached = CompletableFuture.runAsync(() -> attach(assigned));
      loadBalancer =
          new LoadBalancerProcess(
              balancer, assigned.get(0), envoy, namespaces, router, HEALTH_CHECK_INTERVAL, folder);
      starter.assigned(assigned);
      await(attached);
      loadBalancer.start();
      tasks = new EcsTasks(deployment.services(), router, loadBalancer);
    } catch (IOException e) {
      close();
      throw cannotBeLaid(e);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private static MeshFailure cannotBeLaid(IOException e) {
    return new MeshFailure("The VPC cannot be laid on this machine: " + e.getMessage());
  }

  private void attach(List<NetworkInterface> assigned) {
    try {
      namespaces.attach(assigned);
    } catch (IOException e) {
      throw cannotBeLaid(e);
    }
  }

  private static void await(CompletableFuture<Void> task) {
    try {
      task.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof MeshFailure failure ? failure : e;
    }
  }

  private AgentClient agent(String namespace, String... resolver) throws IOException {
    return new AgentClient(
        namespace, namespaces.process(namespace, AgentClient.command(resolver), Map.of()));
  }

  private static <T> T only(List<T> all, String what) {
    if (all.size() != 1) {
      throw new MeshFailure(
          "the templates have %d of what is one here: a %s".formatted(all.size(), what));
    }
    return all.get(0);
  }

  @Override
  public SocketAddress controlPlane() {
    return UnixDomainSocketAddress.of(folder.resolve("ads"));
  }

  @Override
  public void start(SocketAddress listening) throws IOException {
    controlPlane = listening;
    for (EcsService service : deployment.services()) {
      for (int number = 1; number <= service.desiredCount(); number++) {
        tasks.started(starter.start(service, listening));
      }
    }
    tasks.register(tasks.running());
  }

  @Override
  public void awaitRunning() {
    try {
      starter.awaitRunning(tasks.running());
      starter.await(
          loadBalancer::isLive, "The load balancer does not take connections within %d s.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeshFailure("interrupted while the tasks start");
    }
  }

  @Override
  public Envoys envoys() {
    return envoys;
  }

  @Override
  public Placement placement() {
    return new AwsTask() {
      @Override
      public Duration healthCheckInterval(HealthCheck check) {
        return checksAsOnAws ? check.interval() : HEALTH_CHECK_INTERVAL;
      }

      @Override
      public Optional<io.envoyproxy.envoy.config.accesslog.v3.AccessLog> accessLog(ProxyId proxy) {
        return Optional.of(envoys.accessLog(proxy).configuration());
      }
    };
  }

  @Override
  public Map<CloudMap, List<Instance>> instances(Mesh mesh) {
    return tasks.instances();
  }

  @Override
  public String address(VirtualGateway gateway, IpFamily family) {
    return EnvoyProcess.hostAndPort(
        tasks.running().stream()
            .filter(task -> task.proxy().name().equals(gateway.name()))
            .findFirst()
            .flatMap(task -> task.network().address(family))
            .orElse("?"),
        gateway.listener().port());
  }

  @Override
  public URI url(VirtualGateway gateway, IpFamily entry) {
    return loadBalancer.url(entry);
  }

  @Override
  public Answer send(Request request, IpFamily entry, Optional<String> id) throws IOException {
    HttpAnswer answer =
        client.await(
            client.get(
                loadBalancer.url(entry).resolve(request.path()), REQUEST_LIMIT, headers(id)));
    if (answer.status() == 0) {
      throw new IOException(answer.body());
    }
    // What the load balancer itself answers is told by its own log.
    boolean reached =
        answer.status() < 500
            || id.isEmpty()
            || !loadBalancer
                .accessLog()
                .await(id.get(), loadBalancer.cluster(entry)::equals)
                .flags()
                .contains(CONNECTION_FAILED);
    return new Answer(Optional.of(answer.status()), Optional.empty(), answer.body(), reached);
  }

  private static Map<String, String> headers(Optional<String> id) {
    Map<String, String> headers = new HashMap<>(Map.of("Connection", "close"));
    id.ifPresent(mark -> headers.put(AccessLog.REQUEST_ID_HEADER, mark));
    return headers;
  }

  @Override
  public boolean listens(ProxyId proxy, String address) {
    int colon = address.lastIndexOf(':');
    int port = Integer.parseInt(address.substring(colon + 1));
    String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
    // An address that no task has can only be one that a task had.
    return tasks.at(host).filter(task -> task.listens(port, host.contains(":"))).isPresent();
  }

  @Override
  public Optional<String> refusedByApplication(
      VirtualNode node, Listener listener, IpFamily tried, String address) {
    return tasks.running().stream()
        .filter(task -> task.proxy().name().equals(node.name()))
        .flatMap(task -> task.refused(tried, address).stream())
        .findFirst();
  }

  /** The names of what can be entered, with their addresses: the tasks, and what is around them. */
  public Map<String, List<String>> namespaces() {
    return namespaces.addresses();
  }

  /** The services that can be restarted, by their names in Cloud Map. */
  public Map<String, EcsService> services() {
    return tasks.services();
  }

  /** Starts one more task of a service, and waits until it runs. */
  EcsTask startTask(EcsService service) throws IOException, InterruptedException {
    List<NetworkInterface> assigned = namespaces.assign(List.of(starter.attachment(service)));
    namespaces.attach(assigned);
    starter.assigned(assigned);
    EcsTask task = starter.start(service, Objects.requireNonNull(controlPlane));
    starter.awaitRunning(List.of(task));
    tasks.started(task);
    return task;
  }

  /** Whether health checks come as the templates say, or more often. */
  void checkHealthAsOnAws(boolean on) {
    checksAsOnAws = on;
  }

  LoadBalancerProcess loadBalancer() {
    return loadBalancer;
  }

  EcsTasks tasks() {
    return tasks;
  }

  VpcNamespaces vpc() {
    return namespaces;
  }

  /** The command that leads another into a namespace, as root of that namespace. */
  public List<String> inside(String name) {
    return namespaces.inside(name);
  }

  @Override
  public void supervise() {
    loadBalancer.supervise();
    for (EcsTask task : tasks.running()) {
      task.application()
          .filter(application -> !application.listens())
          .ifPresent(
              application -> {
                throw new MeshFailure(
                    "The application of %s does not listen any more."
                        .formatted(task.network().namespace()));
              });
    }
  }

  @Override
  public void close() {
    opened.close();
  }
}
