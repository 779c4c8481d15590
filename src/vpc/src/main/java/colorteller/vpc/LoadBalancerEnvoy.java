package colorteller.vpc;

import colorteller.deployment.LoadBalancer;
import colorteller.deployment.LoadBalancer.Check;
import colorteller.deployment.LoadBalancer.TargetGroup;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.IpFamily;
import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ResponseFlagFilter;
import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.EdsClusterConfig;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.HttpHealthCheck;
import io.envoyproxy.envoy.config.core.v3.PathConfigSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.WatchedDirectory;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;
import io.envoyproxy.envoy.type.v3.Int64Range;
import io.envoyproxy.envoy.type.v3.Percent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An application load balancer → an Envoy that stands in for it: a listener for each port, a
 * cluster for each target group. It behaves as a load balancer does where a client could tell: a
 * target that refuses a connection gives 502, no target 503, a target that does not answer 504; if
 * no target is healthy, all are used; the {@code Server} header is the target's.
 *
 * <p>It differs in two things: it is one node, not one in each zone, and checks health more often
 * ({@code healthCheckInterval}).
 *
 * @param loadBalancer the load balancer
 * @param addresses of its network interface
 * @param healthCheckInterval from one health check to the next
 * @param directory where each target group's file is, as {@link #endpoints} gives it
 * @param accessLog where it writes what became of a request
 */
record LoadBalancerEnvoy(
    LoadBalancer loadBalancer,
    Map<IpFamily, String> addresses,
    Duration healthCheckInterval,
    String directory,
    AccessLog accessLog) {

  private static final com.google.protobuf.Duration CONNECT_TIMEOUT = Durations.fromSeconds(5);

  /** An application load balancer's idle time-out. */
  private static final com.google.protobuf.Duration IDLE = Durations.fromSeconds(60);

  /** What Envoy answers itself, as an application load balancer would: by Envoy's response flag. */
  private static final Map<String, Integer> STATUS_BY_FLAG =
      Map.of("UF", 502, "UC", 502, "UT", 504);

  Bootstrap bootstrap() {
    Bootstrap.Builder bootstrap = Bootstrap.newBuilder();
    bootstrap.getNodeBuilder().setId(loadBalancer.name()).setCluster(loadBalancer.name());
    bootstrap.setAdmin(Admin.newBuilder().setAddress(address("0.0.0.0", EnvoyPorts.ADMIN)));
    loadBalancer
        .listeners()
        .forEach(
            (port, group) ->
                bootstrap.getStaticResourcesBuilder().addListeners(listener(port, group)));
    loadBalancer
        .targetGroups()
        .values()
        .forEach(group -> bootstrap.getStaticResourcesBuilder().addClusters(cluster(group)));
    return bootstrap.build();
  }

  /** The name of the file that holds a target group's targets. */
  static String file(TargetGroup group) {
    return group.name() + ".json";
  }

  /** A target group's targets. */
  static ClusterLoadAssignment endpoints(TargetGroup group, List<String> targets) {
    LocalityLbEndpoints.Builder endpoints = LocalityLbEndpoints.newBuilder();
    targets.forEach(
        target ->
            endpoints.addLbEndpoints(
                LbEndpoint.newBuilder()
                    .setEndpoint(Endpoint.newBuilder().setAddress(address(target, group.port())))));
    return ClusterLoadAssignment.newBuilder()
        .setClusterName(group.name())
        .addEndpoints(endpoints)
        .build();
  }

  private Listener listener(int port, String group) {
    Listener.Builder listener = Listener.newBuilder().setName("port " + port);
    List<String> bound = addresses.values().stream().sorted().toList();
    listener.setAddress(address(bound.get(0), port));
    bound.stream()
        .skip(1)
        .forEach(
            more ->
                listener.addAdditionalAddresses(
                    AdditionalAddress.newBuilder().setAddress(address(more, port))));
    return listener
        .addFilterChains(
            FilterChain.newBuilder()
                .addFilters(
                    Filter.newBuilder()
                        .setName("envoy.filters.network.http_connection_manager")
                        .setTypedConfig(
                            Any.pack(
                                manager(
                                    Objects.requireNonNull(
                                        loadBalancer.targetGroups().get(group)))))))
        .build();
  }

  private HttpConnectionManager manager(TargetGroup group) {
    LocalReplyConfig.Builder replies = LocalReplyConfig.newBuilder();
    STATUS_BY_FLAG.forEach(
        (flag, status) ->
            replies.addMappers(
                ResponseMapper.newBuilder()
                    .setFilter(
                        AccessLogFilter.newBuilder()
                            .setResponseFlagFilter(ResponseFlagFilter.newBuilder().addFlags(flag)))
                    .setStatusCode(UInt32Value.of(status))));
    return HttpConnectionManager.newBuilder()
        .setStatPrefix(group.name())
        .addAccessLog(accessLog)
        .setServerHeaderTransformation(ServerHeaderTransformation.PASS_THROUGH)
        .setLocalReplyConfig(replies)
        .setRouteConfig(
            RouteConfiguration.newBuilder()
                .addVirtualHosts(
                    VirtualHost.newBuilder()
                        .setName(group.name())
                        .addDomains("*")
                        .addRoutes(
                            Route.newBuilder()
                                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                                .setRoute(
                                    RouteAction.newBuilder()
                                        .setCluster(group.name())
                                        .setTimeout(IDLE)))))
        .addHttpFilters(
            HttpFilter.newBuilder()
                .setName("envoy.filters.http.router")
                .setTypedConfig(Any.pack(Router.getDefaultInstance())))
        .build();
  }

  private Cluster cluster(TargetGroup group) {
    return Cluster.newBuilder()
        .setName(group.name())
        .setConnectTimeout(CONNECT_TIMEOUT)
        .setType(DiscoveryType.EDS)
        .setEdsClusterConfig(
            EdsClusterConfig.newBuilder()
                .setEdsConfig(
                    ConfigSource.newBuilder()
                        .setResourceApiVersion(ApiVersion.V3)
                        .setPathConfigSource(
                            PathConfigSource.newBuilder()
                                .setPath(directory + "/" + file(group))
                                .setWatchedDirectory(
                                    WatchedDirectory.newBuilder().setPath(directory)))))
        // Deregistered is deregistered, healthy or not.
        .setIgnoreHealthOnHostRemoval(true)
        // A load balancer uses every target when none is healthy, and not before.
        .setCommonLbConfig(
            CommonLbConfig.newBuilder().setHealthyPanicThreshold(Percent.newBuilder().setValue(1)))
        .addHealthChecks(check(group.check()))
        .build();
  }

  private HealthCheck check(Check check) {
    com.google.protobuf.Duration interval = Durations.fromMillis(healthCheckInterval.toMillis());
    HttpHealthCheck.Builder http = HttpHealthCheck.newBuilder().setPath(check.path());
    check.codes().stream()
        .sorted()
        .forEach(
            code ->
                http.addExpectedStatuses(Int64Range.newBuilder().setStart(code).setEnd(code + 1L)));
    return HealthCheck.newBuilder()
        .setTimeout(Durations.fromMillis(check.timeout().toMillis()))
        .setInterval(interval)
        .setNoTrafficInterval(interval)
        .setNoTrafficHealthyInterval(interval)
        .setHealthyThreshold(UInt32Value.of(check.healthyThreshold()))
        .setUnhealthyThreshold(UInt32Value.of(check.unhealthyThreshold()))
        .setHttpHealthCheck(http)
        .build();
  }

  private static Address address(String address, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(address).setPortValue(port))
        .build();
  }
}
