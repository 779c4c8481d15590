package colorteller.vpc;

import colorteller.account.Account;
import colorteller.controlplane.AwsTask;
import colorteller.controlplane.Instance;
import colorteller.controlplane.Placement;
import colorteller.deployment.Deployment;
import colorteller.deployment.EcsService;
import colorteller.deployment.LoadBalancer;
import colorteller.deployment.TaskDefinition.Container;
import colorteller.local.AccessLog;
import colorteller.local.ControlPlane;
import colorteller.local.EnvoyProcess;
import colorteller.local.Envoys;
import colorteller.local.MeshFailure;
import colorteller.local.Network;
import colorteller.local.Opened;
import colorteller.local.TemporaryFolder;
import colorteller.mesh.EnvoyPorts;
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
import colorteller.vpc.agent.Relay;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

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

  static final Duration HEALTH_CHECK_INTERVAL = Duration.ofMillis(50);

  /** So that a socket's name of up to 12 characters has its place below the folder. */
  private static final int MOST_BYTES = 94;

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
  private final Optional<Account> account;
  private final Map<String, String> documents;
  private volatile boolean checksAsOnAws;

  /**
   * Lays the network; nothing runs in it yet but its load balancer. The Envoys' control plane is in
   * this process.
   *
   * @param deployment what is deployed
   * @throws VpcUnavailable if this machine does not allow it
   */
  public VpcNetwork(Images images, Deployment deployment) {
    this(images, deployment, Optional.empty(), Map.of());
  }

  /**
   * The same for a deployment that has a control plane of its own.
   *
   * @param account in which it is deployed; it is closed with the network
   * @param documents the texts of meshes, by their keys in S3
   */
  public VpcNetwork(
      Images images, Deployment deployment, Account account, Map<String, String> documents) {
    this(images, deployment, Optional.of(account), documents);
  }

  private VpcNetwork(
      Images images,
      Deployment deployment,
      Optional<Account> account,
      Map<String, String> documents) {
    this.deployment = deployment;
    this.account = account;
    this.documents = documents;
    account.ifPresent(opened::add);
    try {
      folder = usable(opened.add(new TemporaryFolder()).path());
      opened.add(envoys);
      // Closed first: what runs inside ends with it, and who waits for that collects it. Else the
      // namespaces would last until process 1 has collected what lost its parent.
      namespaces = opened.add(new VpcNamespaces(deployment.vpc(), deployment.groups()));
      router = agent(VpcNamespaces.ROUTER, namespaces.resolver());
      client = agent(VpcNamespaces.CLIENT);
      starter = new TaskStarter(images, account, namespaces, router, envoys, folder);
      if (account.isPresent()) {
        leadToAws(account.get());
      }
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
              balancer,
              assigned.get(0),
              images.envoy(),
              namespaces,
              router,
              HEALTH_CHECK_INTERVAL,
              folder);
      starter.assigned(assigned);
      await(attached);
      loadBalancer.start();
      tasks = new EcsTasks(deployment.services(), account, router, loadBalancer);
    } catch (IOException e) {
      close();
      throw cannotBeLaid(e);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Programs inside see this folder, and find sockets in it. */
  private static Path usable(Path folder) {
    if (folder.startsWith("/run")) {
      throw new VpcUnavailable(
          "--network vpc hides /run from what runs inside, and TMPDIR is %s; set TMPDIR to a folder elsewhere"
              .formatted(folder.getParent()));
    }
    int bytes = folder.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MOST_BYTES) {
      throw new VpcUnavailable(
          "--network vpc has sockets in TMPDIR, whose paths the kernel limits to 107 bytes, and %s is too long by %d; set TMPDIR to a shorter one"
              .formatted(folder.getParent(), bytes - MOST_BYTES));
    }
    return folder;
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

  /** From an address of the internet by way of a socket in the file system. */
  private void leadToAws(Account cloud) throws IOException {
    Path socket = folder.resolve("aws");
    URI endpoint = URI.create(cloud.endpoint());
    opened.add(
        new Relay(
            UnixDomainSocketAddress.of(socket),
            new InetSocketAddress(endpoint.getHost(), endpoint.getPort())));
    // It ends with its namespace.
    namespaces
        .process(VpcNamespaces.CLIENT, AgentClient.relay(namespaces.awsRelay(socket)), Map.of())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
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
  public SocketAddress adsAddress() {
    return UnixDomainSocketAddress.of(folder.resolve("ads"));
  }

  @Override
  public ControlPlane controlPlane() {
    return account
        .<ControlPlane>map(
            cloud -> new DeployedControlPlane(this, cloud, deployment.parameters(), documents))
        .orElseGet(Network.super::controlPlane);
  }

  @Override
  public void start(SocketAddress listening) throws IOException {
    starter.controlPlane(listening);
    for (EcsService service : deployment.services()) {
      tasks.started(start(service));
    }
    tasks.register(tasks.running());
  }

  private List<EcsTask> start(EcsService service) throws IOException {
    List<EcsTask> result = new ArrayList<>();
    for (int number = 1; number <= service.desiredCount(); number++) {
      result.add(starter.start(service));
    }
    return result;
  }

  /**
   * Deploys all stacks, in their order: what is in the account, then the services that have no
   * Envoy, then the others. Each is registered when it is healthy.
   */
  void startAll() throws IOException {
    account.ifPresent(cloud -> cloud.deploy(deployment));
    for (boolean hasEnvoy : new boolean[] {false, true}) {
      List<EcsTask> fresh = new ArrayList<>();
      for (EcsService service : deployment.services()) {
        if (EcsTask.proxy(service).isPresent() == hasEnvoy) {
          fresh.addAll(start(service));
        }
      }
      starter.awaitRunning(fresh);
      tasks.started(fresh);
      tasks.register(fresh);
    }
    awaitLoadBalancer();
  }

  @Override
  public void awaitRunning() {
    starter.awaitRunning(tasks.running());
    awaitLoadBalancer();
  }

  private void awaitLoadBalancer() {
    starter.await(loadBalancer::isLive, "The load balancer does not take connections within %d s.");
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
            .filter(task -> task.isProxy(gateway.name()))
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
        .filter(task -> task.isProxy(node.name()))
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
  EcsTask startTask(EcsService service) throws IOException {
    List<NetworkInterface> assigned = namespaces.assign(List.of(starter.attachment(service)));
    namespaces.attach(assigned);
    starter.assigned(assigned);
    EcsTask task = starter.start(service);
    starter.awaitRunning(List.of(task));
    tasks.started(List.of(task));
    if (account.isPresent() && checksAsOnAws) {
      limitHealthChecks(task);
    }
    return task;
  }

  /** Whether health checks come as the templates say, or more often. */
  void checkHealthAsOnAws(boolean on) throws IOException {
    checksAsOnAws = on;
    if (account.isPresent()) {
      for (EcsTask task : tasks.running()) {
        limitHealthChecks(task);
      }
    }
  }

  /** Of an Envoy that is told the interval of the templates. */
  private void limitHealthChecks(EcsTask task) throws IOException {
    if (task.envoy().isPresent()) {
      router.post(
          "http://%s:%d/runtime_modify?health_check.max_interval=%d"
              .formatted(
                  task.network().management(),
                  EnvoyPorts.ADMIN,
                  (checksAsOnAws ? Duration.ofDays(1) : HEALTH_CHECK_INTERVAL).toMillis()),
          REQUEST_LIMIT);
    }
  }

  /** The tasks that tell Envoys what to do. */
  List<EcsTask> controlPlaneTasks() {
    return tasks.running().stream()
        .filter(
            task ->
                task.service().task().containers().stream().anyMatch(VpcNetwork::isControlPlane))
        .toList();
  }

  private static boolean isControlPlane(Container container) {
    return container.environment().containsKey(TaskStarter.MESHES);
  }

  /** What a task of the control plane answers, as it answers the bastion. */
  String askControlPlane(EcsTask task, String path) throws IOException {
    String admin =
        task.service().task().containers().stream()
            .flatMap(
                container -> Stream.ofNullable(container.environment().get("CONTROL_PLANE_ADMIN")))
            .findFirst()
            .orElseThrow();
    return new String(
        router.body(
            "http://%s:%s%s"
                .formatted(
                    task.network().management(), admin.substring(admin.lastIndexOf(':') + 1), path),
            REQUEST_LIMIT),
        StandardCharsets.UTF_8);
  }

  /** Where the Envoys of a node or gateway write about requests. */
  Path accessLog(String name) {
    return starter.accessLog(name);
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
      task.containers().stream()
          .filter(container -> !container.process().isAlive())
          .findFirst()
          .ifPresent(
              container -> {
                throw new MeshFailure(
                    "Container %s of %s has ended.".formatted(container.name(), task.name()));
              });
      task.application()
          .filter(application -> !application.listens())
          .ifPresent(
              application -> {
                throw new MeshFailure(
                    "The application of %s does not listen any more.".formatted(task.name()));
              });
    }
  }

  @Override
  public void close() {
    opened.close();
  }
}
