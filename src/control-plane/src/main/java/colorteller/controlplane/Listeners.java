package colorteller.controlplane;

import colorteller.controlplane.Upstreams.ServiceClusters;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.FileAccessLog;
import colorteller.mesh.ListenerTls;
import colorteller.mesh.ListenerTls.Mode;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.ProxyId;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate.MatchSet;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.type.v3.Int32Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one Envoy listens on, bound as the IP preference asks.
 *
 * @param mesh the mesh
 * @param proxy the Envoy
 * @param placement where it is
 * @param accessLog where the mesh wants it written down what passes
 */
record Listeners(Mesh mesh, ProxyId proxy, Placement placement, Optional<FileAccessLog> accessLog) {

  /** Tells which port a redirected connection was meant for. */
  private static final ListenerFilter ORIGINAL_DESTINATION =
      filter("envoy.filters.listener.original_dst", OriginalDst.getDefaultInstance());

  /** Tells whether a connection is encrypted. */
  private static final ListenerFilter TLS_INSPECTOR =
      filter("envoy.filters.listener.tls_inspector", TlsInspector.getDefaultInstance());

  private static final String ENCRYPTED = "tls";
  private static final String PLAIN = "raw_buffer";

  private FilterChains chains() {
    return new FilterChains(mesh, proxy, placement, accessLog);
  }

  /** Takes what comes in for a node's application, at all of its ports. */
  Listener ingress(VirtualNode node) {
    Listener.Builder result =
        listener(
                Names.ingressListener(EnvoyPorts.INGRESS),
                placement.ingress(node, mesh.effectivePreference(node).listenerBinding()),
                TrafficDirection.INBOUND)
            .addListenerFilters(ORIGINAL_DESTINATION);
    if (node.listeners().stream().anyMatch(Listeners::isPermissive)) {
      result.addListenerFilters(TLS_INSPECTOR);
    }
    for (colorteller.mesh.Listener listener : node.listeners()) {
      int port = placement.port(node, listener.port());
      FilterChain chain =
          listener.protocol().hasRequests()
              ? chains().http(port, "ingress", Names.ingressRoutes(listener.port()))
              : chains()
                  .tcp(
                      Optional.of(port),
                      "ingress",
                      Names.ingressCluster(mesh, node, listener),
                      listener.timeouts().idle());
      encrypted(chain, listener).forEach(result::addFilterChains);
    }
    return result.build();
  }

  private static boolean isPermissive(colorteller.mesh.Listener listener) {
    return listener.tls().filter(tls -> tls.mode() == Mode.PERMISSIVE).isPresent();
  }

  /** A listener's filter chain as its TLS asks: encrypted, in plain text, or one for each. */
  private Stream<FilterChain> encrypted(FilterChain chain, colorteller.mesh.Listener listener) {
    Optional<ListenerTls> tls = listener.encryption();
    if (tls.isEmpty()) {
      return Stream.of(chain);
    }
    FilterChain encrypted =
        chain.toBuilder()
            .setTransportSocket(
                new TlsContexts(proxy, placement).downstream(tls.get(), listener.protocol()))
            .build();
    return isPermissive(listener)
        ? Stream.of(onTransport(encrypted, ENCRYPTED), onTransport(chain, PLAIN))
        : Stream.of(encrypted);
  }

  private static FilterChain onTransport(FilterChain chain, String protocol) {
    return chain.toBuilder()
        .setFilterChainMatch(chain.getFilterChainMatch().toBuilder().setTransportProtocol(protocol))
        .build();
  }

  /** Takes what a node's application sends out: to its backends by port, else to nowhere or on. */
  Optional<Listener> egress(VirtualNode node, Collection<EgressPort> ports) {
    List<SocketAddress> addresses =
        placement.egress(proxy, mesh.effectivePreference(node).listenerBinding());
    if (addresses.isEmpty()) {
      return Optional.empty();
    }
    Listener.Builder listener =
        listener(Names.egressListener(), addresses, TrafficDirection.OUTBOUND)
            .addListenerFilters(ORIGINAL_DESTINATION)
            .setDefaultFilterChain(
                chains()
                    .tcp(
                        Optional.empty(), "egress", Names.externalCluster(mesh), Optional.empty()));
    if (!mesh.allowsExternalTraffic()) {
      listener.addListenerFilters(serverNames(ports));
      listener.addFilterChains(
          chains()
              .tcp(Optional.empty(), "egress", Names.awsCluster(mesh), Optional.empty())
              .toBuilder()
              .setFilterChainMatch(
                  FilterChainMatch.newBuilder()
                      .setTransportProtocol(ENCRYPTED)
                      .addServerNames("*.amazonaws.com")));
    }
    for (EgressPort port : ports) {
      int destination = placement.egressPort(proxy, port.port());
      listener.addFilterChains(
          port.protocol() == Protocol.TCP
              ? chains().tcp(destination, port.services().get(0))
              : chains().http(destination, "egress", Names.egressRoutes(port.port())));
    }
    return Optional.of(listener.build());
  }

  /** Tells for which host an encrypted connection is; not where the other side speaks first. */
  private ListenerFilter serverNames(Collection<EgressPort> ports) {
    List<ListenerFilterChainMatchPredicate> tcp =
        ports.stream()
            .filter(port -> port.protocol() == Protocol.TCP)
            .map(port -> placement.egressPort(proxy, port.port()))
            .map(
                port ->
                    ListenerFilterChainMatchPredicate.newBuilder()
                        .setDestinationPortRange(
                            Int32Range.newBuilder().setStart(port).setEnd(port + 1))
                        .build())
            .toList();
    ListenerFilter.Builder filter = TLS_INSPECTOR.toBuilder();
    if (tcp.size() == 1) {
      filter.setFilterDisabled(tcp.get(0));
    } else if (!tcp.isEmpty()) {
      filter.setFilterDisabled(
          ListenerFilterChainMatchPredicate.newBuilder()
              .setOrMatch(MatchSet.newBuilder().addAllRules(tcp)));
    }
    return filter.build();
  }

  /** Takes requests into the mesh. A gateway has no preference of its own. */
  List<Listener> gatewayIngress(VirtualGateway gateway) {
    List<Listener> result = new ArrayList<>();
    for (colorteller.mesh.Listener own : gateway.listeners()) {
      List<SocketAddress> addresses =
          placement.ingress(gateway, own, mesh.preference().listenerBinding());
      Listener.Builder listener =
          listener(Names.ingressListener(own.port()), addresses, TrafficDirection.INBOUND);
      if (isPermissive(own)) {
        listener.addListenerFilters(TLS_INSPECTOR);
      }
      encrypted(chains().http(port(addresses), "ingress", Names.ingressRoutes(own.port())), own)
          .forEach(listener::addFilterChains);
      result.add(listener.build());
    }
    return result;
  }

  /** Takes requests that the gateway has rewritten for a virtual service. */
  Listener gatewayEgress() {
    List<SocketAddress> addresses = gatewayEgressAddresses();
    return listener(Names.egressListener(), addresses, TrafficDirection.OUTBOUND)
        .addFilterChains(
            chains().http(port(addresses), "egress", Names.egressRoutes(EnvoyPorts.EGRESS)))
        .build();
  }

  /** The port at which a gateway takes the requests that it has rewritten. */
  int gatewayEgressPort() {
    return port(gatewayEgressAddresses());
  }

  private List<SocketAddress> gatewayEgressAddresses() {
    return placement.egress(proxy, mesh.preference().listenerBinding());
  }

  private static int port(List<SocketAddress> addresses) {
    return addresses.get(0).getPortValue();
  }

  private static Listener.Builder listener(
      String name, List<SocketAddress> addresses, TrafficDirection direction) {
    return Listener.newBuilder()
        .setName(name)
        .setAddress(Endpoints.address(addresses.get(0)))
        .addAllAdditionalAddresses(
            addresses.stream()
                .skip(1)
                .map(
                    address ->
                        AdditionalAddress.newBuilder()
                            .setAddress(Endpoints.address(address))
                            .build())
                .toList())
        .setTrafficDirection(direction);
  }

  private static ListenerFilter filter(String name, Message config) {
    return ListenerFilter.newBuilder().setName(name).setTypedConfig(Any.pack(config)).build();
  }

  /**
   * A port that a node's application sends to.
   *
   * @param port the port
   * @param protocol TCP, or one that has requests
   * @param services the virtual services there; of TCP, whose connections do not say for whom they
   *     are, the first counts
   */
  record EgressPort(int port, Protocol protocol, List<ServiceClusters> services) {}
}
