package colorteller.vpc;

import colorteller.deployment.EcsService;
import colorteller.deployment.TaskDefinition.Container;
import colorteller.local.EnvoyProcess;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import colorteller.mesh.TaskPromise;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A task of an ECS service in a namespace, and what runs of its containers. */
final class EcsTask {

  private final EcsService service;
  private final NetworkInterface network;
  private final Optional<ProxyId> proxy;
  private final List<TaskContainer> containers = new CopyOnWriteArrayList<>();
  private volatile @Nullable EnvoyProcess envoy;
  private volatile @Nullable AppProcess application;

  /** One of which nothing runs yet. */
  EcsTask(EcsService service, NetworkInterface network) {
    this.service = service;
    this.network = network;
    this.proxy = proxy(service);
  }

  /** Which proxy the Envoys of a service are; empty if its tasks have none. */
  static Optional<ProxyId> proxy(EcsService service) {
    return new TaskPromise(
            service.task().containers().stream().map(Container::environment).toList())
        .proxy();
  }

  EcsService service() {
    return service;
  }

  NetworkInterface network() {
    return network;
  }

  /** The name of its namespace. */
  String name() {
    return network.namespace();
  }

  /** Which proxy its Envoy is; empty if it has none. */
  Optional<ProxyId> proxy() {
    return proxy;
  }

  /** Whether its Envoy is the proxy of a name. */
  boolean isProxy(String name) {
    return proxy.filter(id -> id.name().equals(name)).isPresent();
  }

  /** Its Envoy, once that has been started. */
  Optional<EnvoyProcess> envoy() {
    return Optional.ofNullable(envoy);
  }

  /** Its application, once that has been started; empty if it has none. */
  Optional<AppProcess> application() {
    return Optional.ofNullable(application);
  }

  /** Those that have been started, in that order. */
  List<TaskContainer> containers() {
    return containers;
  }

  void started(TaskContainer container) {
    containers.add(container);
  }

  void started(EnvoyProcess process) {
    envoy = process;
  }

  void started(AppProcess process) {
    application = process;
  }

  /** What of its definition has not been started, though all that it waits for is healthy. */
  List<Container> due(List<Container> wanted) {
    return wanted.stream()
        .filter(container -> containers.stream().noneMatch(c -> c.name().equals(container.name())))
        .filter(
            container ->
                container.startsAfter().stream()
                    .allMatch(
                        other ->
                            containers.stream()
                                .anyMatch(c -> c.name().equals(other) && c.isHealthy())))
        .toList();
  }

  /** Whether its Envoy takes connections to a port, as ECS's redirection lets it. */
  boolean listens(int port, boolean ipv6) {
    int bound =
        service
            .task()
            .proxy()
            .filter(redirection -> redirection.appPorts().contains(port))
            .map(redirection -> redirection.ingressPort())
            .orElse(port);
    // Envoys bind wildcard addresses here: :: with ipv4_compat takes both families.
    return envoy().stream()
        .flatMap(process -> process.listening().stream())
        .anyMatch(
            listening ->
                listening.equals("[::]:" + bound)
                    || (!ipv6 && listening.equals("0.0.0.0:" + bound)));
  }

  /**
   * Why its application did not take a connection from its Envoy, unless it runs and does not
   * listen there.
   *
   * @param tried the family of the loopback address that the Envoy tried
   * @param address that address, {@code host:port}
   */
  Optional<String> refused(IpFamily tried, String address) {
    AppProcess app = application().orElseThrow();
    String right = EnvoyProcess.hostAndPort(tried.loopback(), app.port());
    if (!address.equals(right)) {
      return Optional.of("the Envoy of %s tried %s, not %s".formatted(name(), address, right));
    }
    return app.families().contains(tried) || !app.listens()
        ? Optional.of("The application of %s does not listen where it should.".formatted(name()))
        : Optional.empty();
  }
}
