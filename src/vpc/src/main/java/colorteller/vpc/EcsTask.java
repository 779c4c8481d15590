package colorteller.vpc;

import colorteller.deployment.EcsService;
import colorteller.local.EnvoyProcess;
import colorteller.mesh.ProxyId;
import java.util.Optional;

/** A task of an ECS service that runs: an Envoy in a namespace, and its application. */
final class EcsTask {

  private final EcsService service;
  private final NetworkInterface network;
  private final ProxyId proxy;
  private final EnvoyProcess envoy;
  private volatile Optional<AppProcess> application = Optional.empty();

  EcsTask(EcsService service, NetworkInterface network, ProxyId proxy, EnvoyProcess envoy) {
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

  /** Its application, once that has been started; empty if it has none. */
  Optional<AppProcess> application() {
    return application;
  }

  void started(AppProcess app) {
    application = Optional.of(app);
  }
}
