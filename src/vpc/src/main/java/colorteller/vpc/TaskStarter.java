package colorteller.vpc;

import colorteller.account.Account;
import colorteller.deployment.CloudMapService;
import colorteller.deployment.EcsService;
import colorteller.deployment.TaskDefinition.Container;
import colorteller.deployment.TaskDefinition.ProxyConfiguration;
import colorteller.local.Bootstrap;
import colorteller.local.EnvoyProcess;
import colorteller.local.Envoys;
import colorteller.local.MeshFailure;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.IpFamily;
import colorteller.mesh.TaskPromise;
import colorteller.vpc.VpcNamespaces.Attachment;
import colorteller.vpc.agent.AgentClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts tasks as their definitions say, container by container: an Envoy's image is this machine's
 * Envoy, the colorteller's and the control plane's are this project's. CloudWatch's agent, which
 * would have nobody to send to, is left out by its name.
 */
final class TaskStarter {

  private static final String CLOUDWATCH_AGENT = "cw-agent";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration ADMIN_LIMIT = Duration.ofSeconds(5);
  private static final int HEALTH_CHECK_SECONDS = 5;

  /** What tells an Envoy of ours all that it needs at its start. */
  static final String BOOTSTRAP = "ENVOY_BOOTSTRAP";

  /** What tells a control plane of ours what to serve. */
  static final String MESHES = "CONTROL_PLANE_MESHES";

  /** The control plane's task has so much memory; here, many programs share few processors. */
  private static final String JAVA_OPTIONS = "-XX:MaxRAM=512m -XX:TieredStopAtLevel=1";

  /**
   * The statistic of health checks follows a switch only where these come often; a listener that
   * has lost an address would answer pooled connections for minutes.
   */
  private static final String LOCAL =
      """
      {"layered_runtime": {"layers": [
        {"name": "here", "static_layer": {"health_check.max_interval": %d}}]}}
      """
          .formatted(VpcNetwork.HEALTH_CHECK_INTERVAL.toMillis());

  private static final String ENVOY_OPTIONS =
      "--drain-time-s 0 --drain-strategy immediate --config-path ";

  private final Images images;
  private final Optional<Account> account;
  private final VpcNamespaces namespaces;
  private final AgentClient router;
  private final Envoys envoys;
  private final Path folder;
  private final Map<String, NetworkInterface> assigned = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, Integer> started = new HashMap<>();
  private @Nullable SocketAddress controlPlane;

  /**
   * Starts nothing yet.
   *
   * @param account in which Envoys of our own have their certificates, and their control plane its
   *     documents
   * @param router reaches the Envoys' admin interfaces
   * @param envoys those that run; started ones are added
   * @param folder for their files
   */
  TaskStarter(
      Images images,
      Optional<Account> account,
      VpcNamespaces namespaces,
      AgentClient router,
      Envoys envoys,
      Path folder)
      throws IOException {
    this.images = images;
    this.account = account;
    this.namespaces = namespaces;
    this.router = router;
    this.envoys = envoys;
    this.folder = folder;
    if (account.isPresent()) {
      Files.createSymbolicLink(
          Files.createDirectory(bin()).resolve("envoy"), images.envoy().toAbsolutePath());
      Files.writeString(local(), LOCAL);
    }
  }

  /** Where Envoys of App Mesh's kind find their control plane. */
  void controlPlane(SocketAddress address) {
    controlPlane = address;
  }

  private Path bin() {
    return folder.resolve("bin");
  }

  /** What Envoys of our own are told here beside their bootstrap. */
  private Path local() {
    return folder.resolve("local.json");
  }

  /** What a service's next task needs of the network. Its name is the service's and a number. */
  Attachment attachment(EcsService service) {
    return new Attachment(
        name(service, numbers.merge(service.name(), 1, Integer::sum)),
        service.subnets().get(0),
        service.groups());
  }

  void assigned(List<NetworkInterface> interfaces) {
    interfaces.forEach(network -> assigned.put(network.namespace(), network));
  }

  private static String name(EcsService service, int number) {
    return service.registry().map(CloudMapService::name).orElse(service.name()) + "-" + number;
  }

  /** Starts a service's next task: what does not wait for something else in it. */
  EcsTask start(EcsService service) throws IOException {
    String name = name(service, started.merge(service.name(), 1, Integer::sum));
    EcsTask task = new EcsTask(service, Objects.requireNonNull(assigned.get(name), name));
    ProxyConfiguration redirection = service.task().proxy().orElse(null);
    if (redirection != null) {
      namespaces.redirect(task.network(), EcsRedirection.of(redirection));
    }
    if (account.isPresent()) {
      namespaces.letAdminIn(task.network(), EnvoyPorts.ADMIN);
    }
    startDue(task);
    return task;
  }

  private void startDue(EcsTask task) {
    try {
      for (Container container : task.due(wanted(task))) {
        start(task, container);
      }
    } catch (IOException e) {
      throw new MeshFailure("%s cannot start: %s".formatted(task.name(), e.getMessage()));
    }
  }

  private void start(EcsTask task, Container container) throws IOException {
    Map<String, String> told = container.environment();
    if (told.containsKey(BOOTSTRAP)) {
      startSidecar(task, container);
    } else if (told.containsKey(TaskPromise.PROXY)) {
      startAppMeshEnvoy(task, container);
    } else if (told.containsKey(TaskPromise.ANSWER)) {
      startApplication(task, container);
    } else if (told.containsKey(MESHES)) {
      startControlPlane(task, container);
    } else {
      throw new MeshFailure(
          "container %s of %s runs image %s, which cannot run here: allowed are an Envoy (it has %s), the colorteller (it has %s), the control plane (it has %s) and %s, which is left out"
              .formatted(
                  container.name(),
                  task.service().name(),
                  container.image(),
                  TaskPromise.PROXY,
                  TaskPromise.ANSWER,
                  MESHES,
                  CLOUDWATCH_AGENT));
    }
  }

  private void startAppMeshEnvoy(EcsTask task, Container container) throws IOException {
    InNamespace place = new InNamespace(task.network(), Map.of());
    EnvoyProcess envoy =
        envoys.start(
            images.envoy(),
            new Bootstrap(
                task.proxy().orElseThrow(),
                new InetSocketAddress(InetAddress.getByName("::"), EnvoyPorts.ADMIN),
                Objects.requireNonNull(controlPlane),
                task.service()
                    .task()
                    .proxy()
                    .map(redirection -> OptionalInt.of(EcsRedirection.mark(redirection)))
                    .orElse(OptionalInt.empty())),
            place,
            folder);
    task.started(envoy);
    task.started(new TaskContainer(container, place.process(), envoy::isLive));
  }

  private void startSidecar(EcsTask task, Container container) throws IOException {
    ImageFile image = images.sidecar();
    Map<String, String> environment = environment(container);
    environment.put("SIDECAR_ENVOY_OPTIONS", ENVOY_OPTIONS + local());
    InNamespace place = new InNamespace(task.network(), environment);
    EnvoyProcess envoy =
        envoys.start(
            task.proxy().orElseThrow(),
            image.command(),
            place,
            log(task, container),
            accessLog(task.proxy().orElseThrow().name()));
    task.started(envoy);
    task.started(
        new TaskContainer(container, place.process(), health(task, image, container, environment)));
  }

  /** Where the Envoys of a node or gateway write about requests. */
  Path accessLog(String proxy) {
    return folder.resolve("access-%s.log".formatted(proxy));
  }

  private void startControlPlane(EcsTask task, Container container) throws IOException {
    ImageFile image = images.controlPlane();
    Map<String, String> environment = environment(container);
    environment.put("JAVA_TOOL_OPTIONS", JAVA_OPTIONS);
    environment.putAll(Account.environment(namespaces.awsEndpoint()));
    NamespaceProcess process = process(task, image.command(), environment, log(task, container));
    task.started(
        new TaskContainer(container, process, health(task, image, container, environment)));
  }

  /** All that a container is told, its secrets too. */
  private Map<String, String> environment(Container container) {
    Map<String, String> environment = new HashMap<>(container.environment());
    container
        .secrets()
        .forEach((name, parameter) -> environment.put(name, account().parameter(parameter)));
    environment.put("PATH", String.join(":", commands()));
    return environment;
  }

  /** Where an image of ours has its programs. */
  private List<String> commands() {
    List<String> folders = new ArrayList<>();
    folders.add(bin().toString());
    images
        .sidecar()
        .copied()
        .values()
        .forEach(script -> folders.add(String.valueOf(Path.of(script).getParent())));
    folders.add(Optional.ofNullable(System.getenv("PATH")).orElse(""));
    folders.add("/usr/sbin:/sbin");
    return folders;
  }

  private Account account() {
    return account.orElseThrow(
        () ->
            new MeshFailure(
                "these stacks have a control plane of their own, and there is no account for it"));
  }

  /** The command of a container's own health check. */
  private BooleanSupplier health(
      EcsTask task, ImageFile image, Container container, Map<String, String> environment) {
    List<String> command =
        image.here(container.healthCheck().subList(1, container.healthCheck().size()));
    return () -> {
      try {
        Process check =
            namespaces
                .process(task.name(), command, environment)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!check.waitFor(HEALTH_CHECK_SECONDS, TimeUnit.SECONDS)) {
          check.destroyForcibly();
          return false;
        }
        return check.exitValue() == 0;
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MeshFailure("interrupted while a container's health is checked");
      }
    };
  }

  private Path log(EcsTask task, Container container) {
    return folder.resolve("%s-%s.log".formatted(task.name(), container.name()));
  }

  private NamespaceProcess process(
      EcsTask task, List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    return new NamespaceProcess(
        namespaces
            .process(task.name(), command, environment)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start());
  }

  /** Waits until tasks run and are healthy, and starts what waits in them. */
  void awaitRunning(List<EcsTask> tasks) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    List<EcsTask> waiting = new ArrayList<>(tasks);
    while (true) {
      waiting.forEach(this::startDue);
      waiting.removeIf(this::isRunning);
      if (waiting.isEmpty()) {
        return;
      }
      TaskContainer last = last(waiting.get(0));
      pause(
          last.process().isAlive() && System.nanoTime() < deadline,
          "Container %s of %s %s"
              .formatted(
                  last.name(),
                  waiting.get(0).name(),
                  last.process().isAlive()
                      ? "is not healthy within %d s".formatted(LIMIT.toSeconds())
                      : "has ended" + said(log(waiting.get(0), last.definition()))));
    }
  }

  private static TaskContainer last(EcsTask task) {
    return task.containers().get(task.containers().size() - 1);
  }

  private boolean isRunning(EcsTask task) {
    return task.containers().size() == wanted(task).size()
        && task.containers().stream().allMatch(TaskContainer::isHealthy);
  }

  private static List<Container> wanted(EcsTask task) {
    return task.service().task().containers().stream()
        .filter(container -> !container.name().equals(CLOUDWATCH_AGENT))
        .toList();
  }

  private static String said(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "" : "; it said last: " + lines.get(lines.size() - 1);
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * Waits for something else that is to run.
   *
   * @param otherwise what is said if it is not in time, with a place for the seconds
   */
  void await(BooleanSupplier condition, String otherwise) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      pause(System.nanoTime() < deadline, otherwise.formatted(LIMIT.toSeconds()));
    }
  }

  private void pause(boolean waits, String otherwise) {
    if (!waits) {
      throw new MeshFailure(otherwise);
    }
    // A command of a health check is a process.
    LockSupport.parkNanos(account.isPresent() ? 100_000_000 : 5_000_000);
  }

  private void startApplication(EcsTask task, Container container) throws IOException {
    Map<String, String> environment = container.environment();
    NamespaceProcess process =
        process(
            task,
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "-cp",
                images.application(),
                "colorteller.colorteller.Main"),
            environment,
            log(task, container));
    AppProcess app =
        new AppProcess(
            process,
            Integer.parseInt(environment.getOrDefault(TaskPromise.PORT, "0")),
            IpFamily.parse(environment.getOrDefault(TaskPromise.FAMILIES, "dual")));
    task.started(app);
    task.started(new TaskContainer(container, process, app::listens));
  }

  /** An Envoy in a task's namespace. */
  private final class InNamespace implements EnvoyProcess.Place {

    private final NetworkInterface network;
    private final Map<String, String> environment;
    private @Nullable NamespaceProcess process;

    InNamespace(NetworkInterface network, Map<String, String> environment) {
      this.network = network;
      this.environment = environment;
    }

    @Override
    public Process start(List<String> command, Path log) throws IOException {
      Process started =
          namespaces
              .process(network.namespace(), command, environment)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      process = new NamespaceProcess(started);
      return started;
    }

    NamespaceProcess process() {
      return Objects.requireNonNull(process);
    }

    @Override
    public byte[] admin(String path) throws IOException {
      return router.body(adminUrl() + path, ADMIN_LIMIT);
    }

    @Override
    public String adminUrl() {
      return "http://%s:%d".formatted(network.management(), EnvoyPorts.ADMIN);
    }
  }
}
