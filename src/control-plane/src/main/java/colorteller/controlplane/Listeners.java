package colorteller.controlplane;

import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.IpPreference;
import colorteller.mesh.IpPreference.ListenerBinding;
import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
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

/** What an Envoy listens on, bound as the IP preference asks. */
final class Listeners {

  private Listeners() {}

  /** Takes what comes in for a node's application. */
  static Listener ingress(Mesh mesh, VirtualNode node) {
    int port = Names.port(node);
    return listener(
            Names.ingressListener(EnvoyPorts.INGRESS),
            EnvoyPorts.INGRESS,
            mesh.effectivePreference(node),
            TrafficDirection.INBOUND)
        .addListenerFilters(originalDestination())
        .addFilterChains(http(port, "ingress", Names.ingressRoutes(port)))
        .build();
  }

  /** Takes what a node's application sends out: to its backends by port, else to nowhere or on. */
  static Listener egress(Mesh mesh, VirtualNode node, Collection<Integer> backendPorts) {
    Listener.Builder listener =
        listener(
                Names.egressListener(),
                EnvoyPorts.EGRESS,
                mesh.effectivePreference(node),
                TrafficDirection.OUTBOUND)
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
    return listener.build();
  }

  /** Takes requests into the mesh. A gateway has no preference of its own. */
  static Listener gatewayIngress(Mesh mesh, VirtualGateway gateway) {
    int port = gateway.listener().port();
    return listener(Names.ingressListener(port), port, mesh.preference(), TrafficDirection.INBOUND)
        .addFilterChains(http(port, "ingress", Names.ingressRoutes(port)))
        .build();
  }

  /** Takes requests that the gateway has rewritten for a virtual service. */
  static Listener gatewayEgress(Mesh mesh) {
    return listener(
            Names.egressListener(), EnvoyPorts.EGRESS, mesh.preference(), TrafficDirection.OUTBOUND)
        .addFilterChains(http(EnvoyPorts.EGRESS, "egress", Names.egressRoutes(EnvoyPorts.EGRESS)))
        .build();
  }

  private static Listener.Builder listener(
      String name, int port, IpPreference preference, TrafficDirection direction) {
    SocketAddress.Builder address = SocketAddress.newBuilder().setPortValue(port);
    if (preference.listenerBinding() == ListenerBinding.DUAL) {
      address.setAddress("::").setIpv4Compat(true);
    } else {
      address.setAddress("0.0.0.0");
    }
    return Listener.newBuilder()
        .setName(name)
        .setAddress(Address.newBuilder().setSocketAddress(address))
        .setTrafficDirection(direction);
  }

  private static FilterChain http(int destinationPort, String statPrefix, String routes) {
    HttpConnectionManager manager =
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
            .setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.KEEP_UNCHANGED)
            .build();
    return FilterChain.newBuilder()
        .setFilterChainMatch(
            FilterChainMatch.newBuilder().setDestinationPort(UInt32Value.of(destinationPort)))
        .addFilters(filter("envoy.filters.network.http_connection_manager", manager))
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
