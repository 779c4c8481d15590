package colorteller.controlplane;

import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.HealthCheck;
import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference.ListenerBinding;
import colorteller.mesh.ProxyId;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Each Envoy in an ECS task beside its application, in a network of their own that redirects the
 * application's connections to the Envoy's ports, as App Mesh's proxy configuration does.
 */
public class AwsTask implements Placement {

  @Override
  public List<SocketAddress> ingress(VirtualNode node, ListenerBinding binding) {
    return List.of(wildcard(binding, EnvoyPorts.INGRESS));
  }

  @Override
  public List<SocketAddress> ingress(VirtualGateway gateway, ListenerBinding binding) {
    return List.of(wildcard(binding, gateway.listener().port()));
  }

  @Override
  public List<SocketAddress> egress(ProxyId proxy, ListenerBinding binding) {
    return List.of(wildcard(binding, EnvoyPorts.EGRESS));
  }

  private static SocketAddress wildcard(ListenerBinding binding, int port) {
    return binding == ListenerBinding.DUAL
        ? Endpoints.socket("::", port).toBuilder().setIpv4Compat(true).build()
        : Endpoints.socket("0.0.0.0", port);
  }

  @Override
  public int port(VirtualNode node) {
    return Names.port(node);
  }

  @Override
  public SocketAddress application(VirtualNode node, IpFamily family) {
    return Endpoints.socket(family.loopback(), Names.port(node));
  }

  @Override
  public Optional<SocketAddress> dnsResolver() {
    return Optional.empty();
  }

  @Override
  public Duration healthCheckInterval(HealthCheck check) {
    return check.interval();
  }

  @Override
  public Optional<AccessLog> accessLog(ProxyId proxy) {
    return Optional.empty();
  }
}
