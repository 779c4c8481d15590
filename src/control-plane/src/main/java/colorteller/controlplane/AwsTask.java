package colorteller.controlplane;

import colorteller.mesh.Certificate;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.HealthCheck;
import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference.ListenerBinding;
import colorteller.mesh.Listener;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Trust;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Each Envoy in an ECS task beside its application, in a network of their own that redirects the
 * application's connections to the Envoy's ports, as App Mesh's proxy configuration does.
 */
public class AwsTask implements Placement {

  /** Where a task has the files of AWS Certificate Manager. */
  private static final String ACM = "/etc/envoy/acm/";

  /** Where SPIRE's agent listens, as App Mesh's examples have it. */
  private static final String SECRETS = "/run/spire/sockets/agent.sock";

  @Override
  public List<SocketAddress> ingress(VirtualNode node, ListenerBinding binding) {
    return List.of(wildcard(binding, EnvoyPorts.INGRESS));
  }

  @Override
  public List<SocketAddress> ingress(
      VirtualGateway gateway, Listener listener, ListenerBinding binding) {
    return List.of(wildcard(binding, listener.port()));
  }

  @Override
  public List<SocketAddress> egress(ProxyId proxy, ListenerBinding binding) {
    return List.of(wildcard(binding, EnvoyPorts.EGRESS));
  }

  static SocketAddress wildcard(ListenerBinding binding, int port) {
    return binding == ListenerBinding.DUAL
        ? Endpoints.socket("::", port).toBuilder().setIpv4Compat(true).build()
        : Endpoints.socket("0.0.0.0", port);
  }

  @Override
  public int port(VirtualNode node, int listenerPort) {
    return listenerPort;
  }

  @Override
  public int egressPort(ProxyId proxy, int servicePort) {
    return servicePort;
  }

  @Override
  public SocketAddress application(VirtualNode node, int listenerPort, IpFamily family) {
    return Endpoints.socket(family.loopback(), listenerPort);
  }

  @Override
  public String file(ProxyId proxy, String path) {
    return path;
  }

  /** A task definition mounts the files of AWS Certificate Manager, from a secret or a volume. */
  @Override
  public Certificate certificate(ProxyId proxy, Certificate certificate) {
    if (!(certificate instanceof Certificate.Acm acm)) {
      return certificate;
    }
    String folder = ACM + lastPart(acm.arn()) + "/";
    return new Certificate.File(folder + "certificate_chain.pem", folder + "private_key.pem");
  }

  @Override
  public Trust trust(ProxyId proxy, Trust trust) {
    return trust instanceof Trust.Acm acm
        ? new Trust.File(
            ACM
                + (acm.authorities().isEmpty()
                    ? "authorities"
                    : acm.authorities().stream()
                        .map(AwsTask::lastPart)
                        .collect(Collectors.joining("-")))
                + ".pem")
        : trust;
  }

  private static String lastPart(String arn) {
    return arn.substring(arn.lastIndexOf('/') + 1);
  }

  @Override
  public String secrets(ProxyId proxy) {
    return SECRETS;
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
