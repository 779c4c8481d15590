package colorteller.controlplane;

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
 * Where the Envoys of a mesh and their applications are, and what only their surroundings can tell
 * them. What the same mesh's Envoys are told in one place and in another differs in these answers
 * and in nothing else.
 */
public interface Placement {

  /**
   * What a node's Envoy binds to take what is for the node's application.
   *
   * @param binding the families that the listener accepts
   */
  List<SocketAddress> ingress(VirtualNode node, ListenerBinding binding);

  /** What a gateway's Envoy binds to take requests from outside the mesh; all on one port. */
  List<SocketAddress> ingress(VirtualGateway gateway, ListenerBinding binding);

  /**
   * What an Envoy binds to take what goes out: from the node's application, or from a gateway to
   * itself, there on one port and 127.0.0.1 among the addresses. Empty if nothing can go out.
   */
  List<SocketAddress> egress(ProxyId proxy, ListenerBinding binding);

  /**
   * The port to which others connect that send to a node. The node's Envoy sees it as the
   * connection's destination, whatever port its listener binds.
   */
  int port(VirtualNode node);

  /** Where a node's Envoy looks for the node's application on the loopback address of a family. */
  SocketAddress application(VirtualNode node, IpFamily family);

  /** Who looks host names up; empty for the DNS of the system that the Envoy runs on. */
  Optional<SocketAddress> dnsResolver();

  /** How long an Envoy waits from one health check to the next. */
  Duration healthCheckInterval(HealthCheck check);

  /** Where an Envoy writes down the HTTP requests that pass it, if anywhere. */
  Optional<AccessLog> accessLog(ProxyId proxy);
}
