package colorteller.controlplane;

import colorteller.mesh.Certificate;
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

/**
 * Where the Envoys of a mesh and their applications are, and what only their surroundings can tell
 * them. What the same mesh's Envoys are told in one place and in another differs in these answers
 * and in nothing else.
 */
public interface Placement {

  /**
   * What a node's Envoy binds to take what is for the node's application, at whichever port of the
   * node.
   *
   * @param binding the families that the listener accepts
   */
  List<SocketAddress> ingress(VirtualNode node, ListenerBinding binding);

  /**
   * What a gateway's Envoy binds to take requests from outside the mesh; all on one port.
   *
   * @param listener one of the gateway's
   */
  List<SocketAddress> ingress(VirtualGateway gateway, Listener listener, ListenerBinding binding);

  /**
   * What an Envoy binds to take what goes out: from the node's application, or from a gateway to
   * itself, there on one port and 127.0.0.1 among the addresses. Empty if nothing can go out.
   */
  List<SocketAddress> egress(ProxyId proxy, ListenerBinding binding);

  /**
   * The port to which others connect that send to a node. The node's Envoy sees it as the
   * connection's destination, whatever port its listener binds.
   *
   * @param listenerPort the port of one of the node's listeners
   */
  int port(VirtualNode node, int listenerPort);

  /**
   * The port to which a node's application connects that sends to a backend. The node's Envoy sees
   * it as the connection's destination.
   *
   * @param servicePort the port of the virtual service
   */
  int egressPort(ProxyId proxy, int servicePort);

  /**
   * Where a node's Envoy looks for the node's application on the loopback address of a family.
   *
   * @param listenerPort the port of one of the node's listeners
   */
  SocketAddress application(VirtualNode node, int listenerPort, IpFamily family);

  /** Who looks host names up; empty for the DNS of the system that the Envoy runs on. */
  Optional<SocketAddress> dnsResolver();

  /**
   * A certificate as an Envoy can have it: in files, or from a secret discovery service. One of AWS
   * Certificate Manager is in files.
   */
  Certificate certificate(ProxyId proxy, Certificate certificate);

  /**
   * Whom to trust, as an Envoy can know it: by a file, or from a secret discovery service.
   * Authorities of AWS Private CA are in a file; where none is named, the one is meant that issued
   * a certificate of AWS Certificate Manager.
   */
  Trust trust(ProxyId proxy, Trust trust);

  /** The path of the Unix domain socket of an Envoy's secret discovery service. */
  String secrets(ProxyId proxy);

  /** Where a file is that the template has at a path, such as an access log. */
  String file(ProxyId proxy, String path);

  /** How long an Envoy waits from one health check to the next. */
  Duration healthCheckInterval(HealthCheck check);

  /** Where an Envoy writes down the HTTP requests that pass it, if anywhere. */
  Optional<AccessLog> accessLog(ProxyId proxy);
}
