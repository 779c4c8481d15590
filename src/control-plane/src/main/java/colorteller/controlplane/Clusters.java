package colorteller.controlplane;

import colorteller.mesh.ConnectionPool;
import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.OutlierDetection;
import colorteller.mesh.Protocol;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.ServiceDiscovery.Dns.ResponseType;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DnsLookupFamily;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.EdsClusterConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.DnsResolverOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;
import java.util.List;
import java.util.Optional;

/**
 * Virtual nodes and local applications → clusters of one Envoy.
 *
 * @param mesh the mesh
 * @param proxy the Envoy
 * @param placement where it is
 */
record Clusters(Mesh mesh, ProxyId proxy, Placement placement) {

  static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          .build();

  private static final Duration EGRESS_CONNECT_TIMEOUT = Durations.fromSeconds(1);
  private static final Duration INGRESS_CONNECT_TIMEOUT = Durations.fromMillis(250);

  // App Mesh lifts Envoy's limits: a mesh without a connection pool of its own has none.
  private static final ConnectionPool UNLIMITED =
      new ConnectionPool(Optional.empty(), Optional.empty(), Optional.empty());

  private static final CircuitBreakers NO_LIMITS = circuitBreakers(UNLIMITED);

  private static final EdsClusterConfig FROM_ADS =
      EdsClusterConfig.newBuilder().setEdsConfig(ADS).build();

  private static final Any HTTP2 =
      Any.pack(
          HttpProtocolOptions.newBuilder()
              .setExplicitHttpConfig(
                  ExplicitHttpConfig.newBuilder()
                      .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()))
              .build());

  /** The cluster through which the Envoy sends to a node, as the effective preference asks. */
  Cluster egress(Upstream upstream, String name) {
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(name)
            .setConnectTimeout(EGRESS_CONNECT_TIMEOUT)
            .setCircuitBreakers(NO_LIMITS);
    speak(cluster, upstream.protocol());
    upstream
        .tls()
        .ifPresent(
            tls ->
                cluster.setTransportSocket(
                    new TlsContexts(proxy, placement).upstream(upstream, tls)));
    Optional<Listener> listener = upstream.listener();
    listener
        .flatMap(Listener::healthCheck)
        .ifPresent(
            check ->
                cluster.addHealthChecks(HealthChecks.of(check, upstream.protocol(), placement)));
    listener
        .flatMap(Listener::outlierDetection)
        .ifPresent(detection -> cluster.setOutlierDetection(outliers(detection)));
    Optional<ServiceDiscovery> discovery = upstream.node().flatMap(VirtualNode::serviceDiscovery);
    if (discovery.isEmpty()) {
      // Of a node outside, nobody here knows where it is.
      return cluster
          .setType(DiscoveryType.STATIC)
          .setLoadAssignment(Endpoints.of(name, List.of()))
          .build();
    }
    return discovery.get() instanceof ServiceDiscovery.Dns dns
        ? byName(cluster, upstream, dns)
        : cluster
            .setType(DiscoveryType.EDS)
            .setEdsClusterConfig(FROM_ADS)
            // An address that a preference rules out is used no more, even while it passes its
            // health checks: by default Envoy would keep it until they fail.
            .setIgnoreHealthOnHostRemoval(true)
            .build();
  }

  private Cluster byName(Cluster.Builder cluster, Upstream upstream, ServiceDiscovery.Dns dns) {
    VirtualNode node = upstream.node().orElseThrow();
    placement
        .dnsResolver()
        .ifPresent(resolver -> cluster.setTypedDnsResolverConfig(cares(resolver)));
    return cluster
        .setType(
            dns.responseType() == ResponseType.ENDPOINTS
                ? DiscoveryType.STRICT_DNS
                : DiscoveryType.LOGICAL_DNS)
        .setDnsLookupFamily(dnsLookupFamily(mesh.effectivePreference(node)))
        .setLoadAssignment(
            Endpoints.of(
                cluster.getName(),
                List.of(Endpoints.socket(dns.hostname(), placement.port(node, upstream.port()))),
                upstream.healthCheckPort(placement)))
        .build();
  }

  /** The cluster through which a node's Envoy reaches the application behind a listener. */
  Cluster ingress(VirtualNode node, Listener listener) {
    IpFamily family = mesh.effectivePreference(node).localApplication();
    return local(
        Names.ingressCluster(mesh, node, listener),
        placement.application(node, listener.port(), family),
        listener);
  }

  /** The cluster through which a gateway hands a request to its own egress listener. */
  Cluster selfRedirect(VirtualGateway gateway, Listener listener, int egressPort) {
    // IPv4, which every listener binds, whatever the preference.
    return local(
        Names.selfRedirectCluster(mesh, gateway, listener),
        Endpoints.socket(IpFamily.IPV4.loopback(), egressPort),
        listener);
  }

  /** Where traffic goes that is for no backend: to where it was going, or nowhere. */
  Cluster external() {
    return mesh.allowsExternalTraffic()
        ? originalDestination(Names.externalCluster(mesh))
        : Cluster.newBuilder()
            .setName(Names.externalCluster(mesh))
            .setConnectTimeout(EGRESS_CONNECT_TIMEOUT)
            .setType(DiscoveryType.STATIC)
            .setLoadAssignment(Endpoints.of(Names.externalCluster(mesh), List.of()))
            .build();
  }

  /** Where traffic goes to AWS's own services. */
  Cluster aws() {
    return originalDestination(Names.awsCluster(mesh));
  }

  private static Cluster originalDestination(String name) {
    return Cluster.newBuilder()
        .setName(name)
        .setConnectTimeout(EGRESS_CONNECT_TIMEOUT)
        .setType(DiscoveryType.ORIGINAL_DST)
        .setLbPolicy(LbPolicy.CLUSTER_PROVIDED)
        .build();
  }

  private static Cluster local(String name, SocketAddress address, Listener listener) {
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(name)
            .setType(DiscoveryType.STATIC)
            .setConnectTimeout(INGRESS_CONNECT_TIMEOUT)
            .setCircuitBreakers(
                listener.connectionPool().map(Clusters::circuitBreakers).orElse(NO_LIMITS))
            .setLoadAssignment(Endpoints.of(name, List.of(address)));
    speak(cluster, listener.protocol());
    return cluster.build();
  }

  private static void speak(Cluster.Builder cluster, Protocol protocol) {
    if (protocol.isHttp2()) {
      cluster.putTypedExtensionProtocolOptions(
          "envoy.extensions.upstreams.http.v3.HttpProtocolOptions", HTTP2);
    }
  }

  private static TypedExtensionConfig cares(SocketAddress resolver) {
    return TypedExtensionConfig.newBuilder()
        .setName("envoy.network.dns_resolver.cares")
        .setTypedConfig(
            Any.pack(
                CaresDnsResolverConfig.newBuilder()
                    .addResolvers(Endpoints.address(resolver))
                    .setDnsResolverOptions(
                        DnsResolverOptions.newBuilder().setNoDefaultSearchDomain(true))
                    .build()))
        .build();
  }

  private static DnsLookupFamily dnsLookupFamily(IpPreference preference) {
    return DnsLookupFamily.valueOf(preference.dnsLookup().name());
  }

  private static io.envoyproxy.envoy.config.cluster.v3.OutlierDetection outliers(
      OutlierDetection detection) {
    return io.envoyproxy.envoy.config.cluster.v3.OutlierDetection.newBuilder()
        .setConsecutive5Xx(UInt32Value.of(detection.maxServerErrors()))
        .setInterval(Durations.fromMillis(detection.interval().toMillis()))
        .setBaseEjectionTime(Durations.fromMillis(detection.baseEjectionDuration().toMillis()))
        .setMaxEjectionPercent(UInt32Value.of(detection.maxEjectionPercent()))
        .setAlwaysEjectOneHost(BoolValue.of(true))
        // Envoy's other reasons, which App Mesh does not have.
        .setEnforcingSuccessRate(UInt32Value.of(0))
        .build();
  }

  private static CircuitBreakers circuitBreakers(ConnectionPool pool) {
    return CircuitBreakers.newBuilder()
        .addThresholds(
            Thresholds.newBuilder()
                .setMaxConnections(limit(pool.maxConnections()))
                .setMaxPendingRequests(limit(pool.maxPendingRequests()))
                .setMaxRequests(limit(pool.maxRequests()))
                .setMaxRetries(limit(Optional.empty())))
        .build();
  }

  private static UInt32Value limit(Optional<Integer> given) {
    return UInt32Value.of(given.orElse(Integer.MAX_VALUE));
  }
}
