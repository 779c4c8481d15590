package colorteller.controlplane;

import colorteller.controlplane.Upstreams.ServiceClusters;
import colorteller.mesh.FileAccessLog;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.WeightedTarget;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.List;
import java.util.Optional;

/**
 * What an Envoy does with a connection: HTTP by routes, everything else by its port.
 *
 * @param mesh the mesh
 * @param proxy the Envoy
 * @param placement where it is
 * @param accessLog where the mesh wants it written down what passes
 */
record FilterChains(
    Mesh mesh, ProxyId proxy, Placement placement, Optional<FileAccessLog> accessLog) {

  /** What is the same for all requests; built once, which a large mesh notices. */
  private static final HttpConnectionManager REQUESTS =
      HttpConnectionManager.newBuilder()
          .addHttpFilters(
              HttpFilter.newBuilder()
                  .setName("envoy.filters.http.router")
                  .setTypedConfig(Any.pack(Router.getDefaultInstance())))
          .addUpgradeConfigs(
              UpgradeConfig.newBuilder().setUpgradeType("websocket").setEnabled(BoolValue.of(true)))
          .setNormalizePath(BoolValue.of(true))
          .setMergeSlashes(true)
          .setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.KEEP_UNCHANGED)
          .build();

  /** Takes requests, HTTP/1.1 and HTTP/2, that come to a port. */
  FilterChain http(int destinationPort, String statPrefix, String routes) {
    HttpConnectionManager.Builder manager =
        REQUESTS.toBuilder()
            .setStatPrefix(statPrefix)
            .setRds(Rds.newBuilder().setConfigSource(Clusters.ADS).setRouteConfigName(routes));
    placement.accessLog(proxy).ifPresent(manager::addAccessLog);
    ownLog().ifPresent(manager::addAccessLog);
    return chain(
        Optional.of(destinationPort),
        filter("envoy.filters.network.http_connection_manager", manager.build()));
  }

  /** Passes connections that come to a port on to a cluster; any port, if none is given. */
  FilterChain tcp(
      Optional<Integer> destinationPort,
      String statPrefix,
      String cluster,
      Optional<java.time.Duration> idle) {
    return chain(destinationPort, tcp(tcpProxy(statPrefix, idle).setCluster(cluster)));
  }

  /**
   * Passes connections that come to a port on to the targets of a virtual service's first route.
   */
  FilterChain tcp(int destinationPort, ServiceClusters service) {
    return service.service().routes().stream()
        .findFirst()
        .map(
            route -> {
              TcpProxy.Builder proxy = tcpProxy("egress", route.timeouts().idle());
              List<WeightedTarget> targets = service.targets(route);
              if (targets.size() == 1) {
                proxy.setCluster(service.cluster(targets.get(0)));
              } else if (targets.isEmpty()) {
                proxy.setCluster(Names.nowhere(mesh));
              } else {
                TcpProxy.WeightedCluster.Builder clusters = TcpProxy.WeightedCluster.newBuilder();
                targets.forEach(
                    target ->
                        clusters.addClusters(
                            TcpProxy.WeightedCluster.ClusterWeight.newBuilder()
                                .setName(service.cluster(target))
                                .setWeight(target.weight())));
                proxy.setWeightedClusters(clusters);
              }
              return chain(Optional.of(destinationPort), tcp(proxy));
            })
        .orElseGet(
            () ->
                tcp(Optional.of(destinationPort), "egress", Names.nowhere(mesh), Optional.empty()));
  }

  private TcpProxy.Builder tcpProxy(String statPrefix, Optional<java.time.Duration> idle) {
    TcpProxy.Builder proxy = TcpProxy.newBuilder().setStatPrefix(statPrefix);
    idle.map(FilterChains::duration).ifPresent(proxy::setIdleTimeout);
    ownLog().ifPresent(proxy::addAccessLog);
    return proxy;
  }

  private static Duration duration(java.time.Duration duration) {
    return Routes.duration(duration);
  }

  private Optional<io.envoyproxy.envoy.config.accesslog.v3.AccessLog> ownLog() {
    return accessLog.map(log -> AccessLogs.of(log, placement.file(proxy, log.path())));
  }

  private static Filter tcp(TcpProxy.Builder proxy) {
    return filter("envoy.filters.network.tcp_proxy", proxy.build());
  }

  private static FilterChain chain(Optional<Integer> destinationPort, Filter filter) {
    FilterChain.Builder chain = FilterChain.newBuilder().addFilters(filter);
    destinationPort.ifPresent(
        port ->
            chain.setFilterChainMatch(
                FilterChainMatch.newBuilder().setDestinationPort(UInt32Value.of(port))));
    return chain.build();
  }

  private static Filter filter(String name, Message config) {
    return Filter.newBuilder().setName(name).setTypedConfig(Any.pack(config)).build();
  }
}
