package colorteller.local;

import static java.util.stream.Collectors.toMap;

import colorteller.controlplane.Names;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.HeaderFilter;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.DnsResolverOptions;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Everything in which an Envoy on this machine differs from one in a task on AWS, and nothing else:
 *
 * <ul>
 *   <li>ports, since all proxies share one machine;
 *   <li>what listeners bind: {@code ::} with {@code ipv4_compat} becomes 127.0.0.1 and ::1 (Envoy
 *       refuses {@code ipv4_compat} on ::1), and {@code 0.0.0.0} becomes 127.0.0.1;
 *   <li>the DNS resolver, which is the one of this program;
 *   <li>the interval of health checks, so that their statistic follows a change of stage;
 *   <li>an access log of the requests of this program, from which it reads who failed.
 * </ul>
 *
 * @param ports where each proxy lives, by its id
 * @param dnsPort the port of the DNS server on 127.0.0.1
 * @param healthCheckInterval the interval of every health check
 */
record Loopback(Map<String, ProxyPorts> ports, int dnsPort, Duration healthCheckInterval) {

  /** Marks the requests of this program, so that they can be found in the access logs. */
  static final String REQUEST_ID_HEADER = "x-walkthrough-request";

  /**
   * Moves one proxy's resources to this machine.
   *
   * @param mesh the mesh they were translated from
   * @param proxy the proxy's id
   * @param resources as for a task on AWS
   * @param accessLog where the Envoy writes what became of a request
   */
  ProxyResources move(Mesh mesh, String proxy, ProxyResources resources, Path accessLog) {
    Map<String, Integer> clusterPorts = clusterPorts(mesh);
    return new ProxyResources(
        resources.clusters().stream().map(c -> cluster(c, clusterPorts)).toList(),
        resources.endpoints().stream().map(e -> endpoints(e, clusterPorts)).toList(),
        resources.listeners().stream().map(l -> listener(l, own(proxy), accessLog)).toList(),
        resources.routes());
  }

  /** The local port behind every cluster, by the cluster's name. */
  private Map<String, Integer> clusterPorts(Mesh mesh) {
    Map<String, Integer> result = new HashMap<>();
    mesh.gateways()
        .values()
        .forEach(
            gateway ->
                result.put(
                    Names.selfRedirectCluster(mesh, gateway),
                    own(Translator.id(mesh, gateway)).listener(EnvoyPorts.EGRESS)));
    mesh.nodes().values().stream()
        .filter(node -> node.listener().isPresent())
        .forEach(
            node -> {
              ProxyPorts own = own(Translator.id(mesh, node));
              result.put(Names.ingressCluster(mesh, node), own.application());
              result.put(Names.egressCluster(mesh, node), own.listener(EnvoyPorts.INGRESS));
            });
    return result;
  }

  private ProxyPorts own(String proxy) {
    ProxyPorts own = ports.get(proxy);
    if (own == null) {
      throw new IllegalArgumentException("unknown proxy " + proxy);
    }
    return own;
  }

  private Cluster cluster(Cluster cluster, Map<String, Integer> clusterPorts) {
    Cluster.Builder moved = cluster.toBuilder();
    if (cluster.hasLoadAssignment()) {
      moved.setLoadAssignment(endpoints(cluster.getLoadAssignment(), clusterPorts));
    }
    if (cluster.getType() == DiscoveryType.LOGICAL_DNS) {
      moved.setTypedDnsResolverConfig(
          TypedExtensionConfig.newBuilder()
              .setName("envoy.network.dns_resolver.cares")
              .setTypedConfig(
                  Any.pack(
                      CaresDnsResolverConfig.newBuilder()
                          .addResolvers(address(IpFamily.IPV4, dnsPort))
                          .setDnsResolverOptions(
                              DnsResolverOptions.newBuilder().setNoDefaultSearchDomain(true))
                          .build())));
    }
    com.google.protobuf.Duration interval = Durations.fromMillis(healthCheckInterval.toMillis());
    moved
        .getHealthChecksBuilderList()
        .forEach(
            check ->
                check
                    .setInterval(interval)
                    .setNoTrafficInterval(interval)
                    .setNoTrafficHealthyInterval(interval));
    return moved.build();
  }

  private static ClusterLoadAssignment endpoints(
      ClusterLoadAssignment assignment, Map<String, Integer> clusterPorts) {
    Integer port = clusterPorts.get(assignment.getClusterName());
    ClusterLoadAssignment.Builder moved = assignment.toBuilder();
    if (port != null) {
      moved
          .getEndpointsBuilderList()
          .forEach(
              locality ->
                  locality
                      .getLbEndpointsBuilderList()
                      .forEach(
                          endpoint ->
                              endpoint
                                  .getEndpointBuilder()
                                  .getAddressBuilder()
                                  .getSocketAddressBuilder()
                                  .setPortValue(port)));
    }
    return moved.build();
  }

  private static Listener listener(Listener listener, ProxyPorts own, Path accessLog) {
    SocketAddress bound = listener.getAddress().getSocketAddress();
    int awsPort = bound.getPortValue();
    int port = own.listener(awsPort);
    Listener.Builder moved = listener.toBuilder().setAddress(address(IpFamily.IPV4, port));
    if (bound.getIpv4Compat()) {
      moved.addAdditionalAddresses(
          AdditionalAddress.newBuilder().setAddress(address(IpFamily.IPV6, port)));
    }
    moved
        .getFilterChainsBuilderList()
        .forEach(
            chain -> {
              // Connections come to the listener itself: nothing redirects them on this machine.
              if (awsPort == EnvoyPorts.INGRESS
                  || chain.getFilterChainMatch().getDestinationPort().getValue() == awsPort) {
                chain.getFilterChainMatchBuilder().setDestinationPort(UInt32Value.of(port));
              }
              log(chain, accessLog);
            });
    return moved.build();
  }

  private static void log(FilterChain.Builder chain, Path accessLog) {
    for (Filter.Builder filter : chain.getFiltersBuilderList()) {
      if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
        try {
          filter.setTypedConfig(
              Any.pack(
                  filter.getTypedConfig().unpack(HttpConnectionManager.class).toBuilder()
                      .addAccessLog(accessLog(accessLog))
                      .build()));
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private static AccessLog accessLog(Path file) {
    Map<String, Value> format =
        colorteller.local.AccessLog.FORMAT.entrySet().stream()
            .collect(
                toMap(
                    Map.Entry::getKey,
                    e -> Value.newBuilder().setStringValue(e.getValue()).build()));
    return AccessLog.newBuilder()
        .setName("envoy.access_loggers.file")
        .setFilter(
            AccessLogFilter.newBuilder()
                .setHeaderFilter(
                    HeaderFilter.newBuilder()
                        .setHeader(
                            HeaderMatcher.newBuilder()
                                .setName(REQUEST_ID_HEADER)
                                .setPresentMatch(true))))
        .setTypedConfig(
            Any.pack(
                FileAccessLog.newBuilder()
                    .setPath(file.toString())
                    .setLogFormat(
                        SubstitutionFormatString.newBuilder()
                            .setJsonFormat(Struct.newBuilder().putAllFields(format)))
                    .build()))
        .build();
  }

  private static Address address(IpFamily family, int port) {
    return Address.newBuilder()
        .setSocketAddress(
            SocketAddress.newBuilder().setAddress(family.loopback()).setPortValue(port))
        .build();
  }
}
