package colorteller.vpc;

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
import colorteller.mesh.ProxyId;
import colorteller.mesh.TaskPromise;
import colorteller.vpc.VpcNamespaces.Attachment;
import colorteller.vpc.agent.AgentClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts tasks as their definitions say, container by container: the Envoy's image is this
 * machine's Envoy, the colorteller's this project's application. CloudWatch's agent, which would
 * have nobody to send to, is left out by its name.
 */
final class TaskStarter {

  private static final String CLOUDWATCH_AGENT = "cw-agent";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration ADMIN_LIMIT = Duration.ofSeconds(5);

  private final Path envoy;
  private final String application;
  private final VpcNamespaces namespaces;
  private final AgentClient router;
  private final Envoys envoys;
  private final Path folder;
  private final Map<String, NetworkInterface> assigned = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, Integer> started = new HashMap<>();

  /**
   * Starts nothing yet.
   *
   * @param envoy the Envoy executable
   * @param application the class path of the colorteller
   * @param router reaches the Envoys' admin interfaces
   * @param envoys those that run; started ones are added
   * @param folder for their files
   */
  TaskStarter(
      Path envoy,
      String application,
      VpcNamespaces namespaces,
      AgentClient router,
      Envoys envoys,
      Path folder) {
    this.envoy = envoy;
    this.application = application;
    this.namespaces = namespaces;
    this.router = router;
    this.envoys = envoys;
    this.folder = folder;
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

  /**
   * Starts a service's next task: its Envoy, and what does not wait for the Envoy.
   *
   * @param controlPlane where the Envoy finds its control plane
   */
  EcsTask start(EcsService service, SocketAddress controlPlane) throws IOException {
    String name = name(service, started.merge(service.name(), 1, Integer::sum));
    NetworkInterface network = Objects.requireNonNull(assigned.get(name), name);
    ProxyConfiguration redirection = service.task().proxy().orElse(null);
    if (redirection != null) {
      namespaces.redirect(network, EcsRedirection.of(redirection));
    }
    ProxyId proxy =
        promise(service)
            .proxy()
            .orElseThrow(
                () ->
                    new MeshFailure(
                        "no container of %s sets %s, so it has no Envoy"
                            .formatted(service.name(), TaskPromise.PROXY)));
    InNamespace place = new InNamespace(network);
    EnvoyProcess process =
        envoys.start(
            envoy,
            new Bootstrap(
                proxy,
                new InetSocketAddress(InetAddress.getByName("::"), EnvoyPorts.ADMIN),
                controlPlane,
                redirection == null
                    ? OptionalInt.empty()
                    : OptionalInt.of(EcsRedirection.mark(redirection))),
            place,
            folder);
    return new EcsTask(service, network, proxy, process, place.process());
  }

  private static TaskPromise promise(EcsService service) {
    return new TaskPromise(
        service.task().containers().stream().map(Container::environment).toList());
  }

  /**
   * Waits until tasks' Envoys are healthy, starts the applications, and waits until they listen.
   */
  void awaitRunning(List<EcsTask> tasks) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    for (EcsTask task : tasks) {
      while (!task.envoy().isLive()) {
        pause(
            System.nanoTime() < deadline,
            "The Envoy of %s is not live within %d s."
                .formatted(task.network().namespace(), LIMIT.toSeconds()));
      }
      startApplication(task);
    }
    for (EcsTask task : tasks) {
      Optional<AppProcess> application = task.application();
      while (application.isPresent() && !application.get().listens()) {
        pause(
            application.get().process().isAlive() && System.nanoTime() < deadline,
            "The application of %s does not listen at port %d within %d s."
                .formatted(
                    task.network().namespace(), application.get().port(), LIMIT.toSeconds()));
      }
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

  private static void pause(boolean waits, String otherwise) {
    if (!waits) {
      throw new MeshFailure(otherwise);
    }
    LockSupport.parkNanos(5_000_000);
  }

  private void startApplication(EcsTask task) {
    for (Container container : task.service().task().containers()) {
      if (container.environment().containsKey(TaskPromise.ANSWER)) {
        task.started(application(task, container));
      } else if (!container.environment().containsKey(TaskPromise.PROXY)
          && !container.name().equals(CLOUDWATCH_AGENT)) {
        throw new MeshFailure(
            "container %s of %s runs image %s, which cannot run here: allowed are an Envoy (it has %s), the colorteller (it has %s) and %s, which is left out"
                .formatted(
                    container.name(),
                    task.service().name(),
                    container.image(),
                    TaskPromise.PROXY,
                    TaskPromise.ANSWER,
                    CLOUDWATCH_AGENT));
      }
    }
  }

  private AppProcess application(EcsTask task, Container container) {
    Map<String, String> environment = container.environment();
    try {
      Process process =
          namespaces
              .process(
                  task.network().namespace(),
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-XX:TieredStopAtLevel=1",
                      "-XX:+UseSerialGC",
                      "-Xmx32m",
                      "-cp",
                      application,
                      "colorteller.colorteller.Main"),
                  environment)
              .redirectErrorStream(true)
              .redirectOutput(
                  folder.resolve(task.network().namespace() + "-application.log").toFile())
              .start();
      return new AppProcess(
          new NamespaceProcess(process),
          Integer.parseInt(environment.getOrDefault(TaskPromise.PORT, "0")),
          IpFamily.parse(environment.getOrDefault(TaskPromise.FAMILIES, "dual")));
    } catch (IOException e) {
      throw new MeshFailure(
          "the application of %s cannot start: %s"
              .formatted(task.network().namespace(), e.getMessage()));
    }
  }

  /** An Envoy in a task's namespace. */
  private final class InNamespace implements EnvoyProcess.Place {

    private final NetworkInterface network;
    private @Nullable NamespaceProcess process;

    InNamespace(NetworkInterface network) {
      this.network = network;
    }

    @Override
    public Process start(List<String> command, Path log) throws IOException {
      Process started =
          namespaces
              .process(network.namespace(), command, Map.of())
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
