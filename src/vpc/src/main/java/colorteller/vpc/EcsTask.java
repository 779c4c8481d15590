package colorteller.vpc;

import colorteller.deployment.EcsService;
import colorteller.local.EnvoyProcess;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import java.util.Optional;

/** A task of an ECS service that runs: an Envoy in a namespace, and its application. */
final class EcsTask {

  private final EcsService service;
  private final NetworkInterface network;
  private final ProxyId proxy;
  private final EnvoyProcess envoy;
  private final NamespaceProcess envoyProcess;
  private volatile Optional<AppProcess> application = Optional.empty();

  EcsTask(
      EcsService service,
      NetworkInterface network,
      ProxyId proxy,
      EnvoyProcess envoy,
      NamespaceProcess envoyProcess) {
    this.envoyProcess = envoyProcess;
    this.service = service;
    this.network = network;
    this.proxy = proxy;
    this.envoy = envoy;
  }

  EcsService service() {
    return service;
  }

  NetworkInterface network() {
    return network;
  }

  ProxyId proxy() {
    return proxy;
  }

  EnvoyProcess envoy() {
    return envoy;
  }

  NamespaceProcess envoyProcess() {
    return envoyProcess;
  }

  /** Its application, once that has been started; empty if it has none. */
  Optional<AppProcess> application() {
    return application;
  }

  void started(AppProcess app) {
    application = Optional.of(app);
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
    return envoy.listening().stream()
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
    AppProcess app = application.orElseThrow();
    String name = network.namespace();
    String right = EnvoyProcess.hostAndPort(tried.loopback(), app.port());
    if (!address.equals(right)) {
      return Optional.of("the Envoy of %s tried %s, not %s".formatted(name, address, right));
    }
    return app.families().contains(tried) || !app.listens()
        ? Optional.of("The application of %s does not listen where it should.".formatted(name))
        : Optional.empty();
  }
}
