package colorteller.local;

import colorteller.controlplane.Placement;
import colorteller.mesh.Certificate;
import colorteller.mesh.HealthCheck;
import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference.ListenerBinding;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Trust;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every Envoy and every application on this machine's two loopback addresses, told apart by ports.
 * Connections come to the listeners themselves, since nothing redirects them.
 *
 * @param mesh any stage of the mesh
 * @param ports where each proxy lives
 * @param dnsPort the port of the DNS server on 127.0.0.1
 * @param certificates those of this run
 * @param folder for files that a template wants written
 * @param envoys the Envoys, which write access logs
 */
record Loopback(
    Mesh mesh,
    Map<ProxyId, ProxyPorts> ports,
    int dnsPort,
    LocalCertificates certificates,
    Path folder,
    Envoys envoys)
    implements Placement {

  /** Short, so that the statistic of health checks follows a change of stage at once. */
  static final Duration HEALTH_CHECK_INTERVAL = Duration.ofMillis(50);

  @Override
  public List<SocketAddress> ingress(VirtualNode node, ListenerBinding binding) {
    return sockets(binding, of(node).ingress().values());
  }

  @Override
  public List<SocketAddress> ingress(
      VirtualGateway gateway, Listener listener, ListenerBinding binding) {
    return sockets(
        binding, List.of(port(of(ProxyId.of(mesh, gateway)).ingress(), listener.port())));
  }

  @Override
  public List<SocketAddress> egress(ProxyId proxy, ListenerBinding binding) {
    return sockets(binding, of(proxy).egress().values());
  }

  // Not ::1 with ipv4_compat, which Envoy refuses.
  private static List<SocketAddress> sockets(ListenerBinding binding, Collection<Integer> ports) {
    return ports.stream()
        .flatMap(
            port ->
                Stream.of(IpFamily.values())
                    .filter(binding.families()::contains)
                    .map(family -> socket(family, port)))
        .toList();
  }

  @Override
  public int port(VirtualNode node, int listenerPort) {
    return port(of(node).ingress(), listenerPort);
  }

  @Override
  public int egressPort(ProxyId proxy, int servicePort) {
    return port(of(proxy).egress(), servicePort);
  }

  @Override
  public SocketAddress application(VirtualNode node, int listenerPort, IpFamily family) {
    return socket(family, port(of(node).application(), listenerPort));
  }

  private static int port(Map<Integer, Integer> ports, int port) {
    return Objects.requireNonNull(ports.get(port), () -> "no port for " + port);
  }

  /** Every certificate is in files here. */
  @Override
  public Certificate certificate(ProxyId proxy, Certificate certificate) {
    return certificates.of(certificate);
  }

  @Override
  public Trust trust(ProxyId proxy, Trust trust) {
    return certificates.of(trust);
  }

  @Override
  public String secrets(ProxyId proxy) {
    throw new IllegalStateException("no certificate is asked of a secret discovery service here");
  }

  /** A mesh's log is not to be mixed up with one of this machine's. */
  @Override
  public String file(ProxyId proxy, String path) {
    return path.startsWith("/dev/")
        ? path
        : folder.resolve(proxy.name() + path.replace('/', '-')).toString();
  }

  @Override
  public Optional<SocketAddress> dnsResolver() {
    return Optional.of(socket(IpFamily.IPV4, dnsPort));
  }

  @Override
  public Duration healthCheckInterval(HealthCheck check) {
    return HEALTH_CHECK_INTERVAL;
  }

  @Override
  public Optional<AccessLog> accessLog(ProxyId proxy) {
    return Optional.of(envoys.accessLog(proxy).configuration());
  }

  private ProxyPorts of(VirtualNode node) {
    return of(ProxyId.of(mesh, node));
  }

  private ProxyPorts of(ProxyId proxy) {
    return Objects.requireNonNull(ports.get(proxy), proxy::toString);
  }

  private static SocketAddress socket(IpFamily family, int port) {
    return SocketAddress.newBuilder().setAddress(family.loopback()).setPortValue(port).build();
  }
}
