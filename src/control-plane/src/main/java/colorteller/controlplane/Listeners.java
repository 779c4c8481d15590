package colorteller.controlplane;

import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What one Envoy listens on, bound as the IP preference asks.
 *
 * @param mesh the mesh
 * @param proxy the Envoy
 * @param placement where it is
 */
record Listeners(Mesh mesh, ProxyId proxy, Placement placement) {

  /** Takes what comes in for a node's application. */
  Listener ingress(VirtualNode node) {
    return listener(
            Names.ingressListener(EnvoyPorts.INGRESS),
            placement.ingress(node, mesh.effectivePreference(node).listenerBinding()),
            TrafficDirection.INBOUND)
        .addListenerFilters(originalDestination())
        .addFilterChains(
            http(placement.port(node), "ingress", Names.ingressRoutes(Names.port(node))))
        .build();
  }

  /** Takes what a node's application sends out: to its backends by port, else to nowhere or on. */
  Optional<Listener> egress(VirtualNode node, Collection<Integer> backendPorts) {
    List<SocketAddress> addresses =
        placement.egress(proxy, mesh.effectivePreference(node).listenerBinding());
    if (addresses.isEmpty()) {
      return Optional.empty();
    }
    Listener.Builder listener =
        listener(Names.egressListener(), addresses, TrafficDirection.OUTBOUND)
            .addListenerFilters(originalDestination())
            .setDefaultFilterChain(
                FilterChain.newBuilder()
                    .addFilters(
                        filter(
                            "envoy.filters.network.tcp_proxy",
                            TcpProxy.newBuilder()
                                .setStatPrefix("egress")
                                .setCluster(Names.externalCluster(mesh))
                                .build())));
    backendPorts.forEach(
        port -> listener.addFilterChains(http(port, "egress", Names.egressRoutes(port))));
    return Optional.of(listener.build());
  }

  /** Takes requests into the mesh. A gateway has no preference of its own. */
  Listener gatewayIngress(VirtualGateway gateway) {
    int port = gateway.listener().port();
    List<SocketAddress> addresses = placement.ingress(gateway, mesh.preference().listenerBinding());
    return listener(Names.ingressListener(port), addresses, TrafficDirection.INBOUND)
        .addFilterChains(http(port(addresses), "ingress", Names.ingressRoutes(port)))
        .build();
  }

  /** Takes requests that the gateway has rewritten for a virtual service. */
  Listener gatewayEgress() {
    List<SocketAddress> addresses = gatewayEgressAddresses();
    return listener(Names.egressListener(), addresses, TrafficDirection.OUTBOUND)
        .addFilterChains(http(port(addresses), "egress", Names.egressRoutes(EnvoyPorts.EGRESS)))
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

  private FilterChain http(int destinationPort, String statPrefix, String routes) {
    HttpConnectionManager.Builder manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix(statPrefix)
            .setRds(Rds.newBuilder().setConfigSource(Clusters.ADS).setRouteConfigName(routes))
            .addHttpFilters(
                HttpFilter.newBuilder()
                    .setName("envoy.filters.http.router")
                    .setTypedConfig(Any.pack(Router.getDefaultInstance())))
            .addUpgradeConfigs(
                UpgradeConfig.newBuilder()
                    .setUpgradeType("websocket")
                    .setEnabled(BoolValue.of(true)))
            .setNormalizePath(BoolValue.of(true))
            .setMergeSlashes(true)
            .setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.KEEP_UNCHANGED);
    placement.accessLog(proxy).ifPresent(manager::addAccessLog);
    return FilterChain.newBuilder()
        .setFilterChainMatch(
            FilterChainMatch.newBuilder().setDestinationPort(UInt32Value.of(destinationPort)))
        .addFilters(filter("envoy.filters.network.http_connection_manager", manager.build()))
        .build();
  }

  /** Tells which port a redirected connection was meant for. */
  private static ListenerFilter originalDestination() {
    return ListenerFilter.newBuilder()
        .setName("envoy.filters.listener.original_dst")
        .setTypedConfig(Any.pack(OriginalDst.getDefaultInstance()))
        .build();
  }

  private static Filter filter(String name, Message config) {
    return Filter.newBuilder().setName(name).setTypedConfig(Any.pack(config)).build();
  }
}
