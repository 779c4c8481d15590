package colorteller.controlplane;

import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import com.google.protobuf.Any;
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
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import java.util.List;

/** Virtual nodes and local applications → clusters. */
final class Clusters {

  static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          .build();

  private static final Duration EGRESS_CONNECT_TIMEOUT = Durations.fromSeconds(1);
  private static final Duration INGRESS_CONNECT_TIMEOUT = Durations.fromMillis(250);

  // App Mesh lifts Envoy's limits: a mesh without a connection pool of its own has none.
  private static final CircuitBreakers UNLIMITED = unlimited();

  private Clusters() {}

  /** The cluster through which an Envoy sends to a node, as the effective preference asks. */
  static Cluster egress(Mesh mesh, VirtualNode node, Placement placement) {
    String name = Names.egressCluster(mesh, node);
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(name)
            .setConnectTimeout(EGRESS_CONNECT_TIMEOUT)
            .setCircuitBreakers(UNLIMITED);
    node.listener()
        .flatMap(Listener::healthCheck)
        .ifPresent(check -> cluster.addHealthChecks(HealthChecks.of(check, placement)));
    if (node.serviceDiscovery().orElseThrow() instanceof ServiceDiscovery.Dns dns) {
      placement
          .dnsResolver()
          .ifPresent(resolver -> cluster.setTypedDnsResolverConfig(cares(resolver)));
      return cluster
          .setType(DiscoveryType.LOGICAL_DNS)
          .setDnsLookupFamily(dnsLookupFamily(mesh.effectivePreference(node)))
          .setLoadAssignment(
              Endpoints.of(name, List.of(Endpoints.socket(dns.hostname(), placement.port(node)))))
          .build();
    }
    return cluster
        .setType(DiscoveryType.EDS)
        .setEdsClusterConfig(EdsClusterConfig.newBuilder().setEdsConfig(ADS))
        // An address that a preference rules out is used no more, even while it passes its health
        // checks: by default Envoy would keep it until they fail.
        .setIgnoreHealthOnHostRemoval(true)
        .build();
  }

  /** The cluster through which a node's Envoy reaches the node's application. */
  static Cluster ingress(Mesh mesh, VirtualNode node, Placement placement) {
    IpFamily family = mesh.effectivePreference(node).localApplication();
    return local(Names.ingressCluster(mesh, node), placement.application(node, family));
  }

  /** The cluster through which a gateway hands a request to its own egress listener. */
  static Cluster selfRedirect(Mesh mesh, VirtualGateway gateway, int egressPort) {
    // IPv4, which every listener binds, whatever the preference.
    return local(
        Names.selfRedirectCluster(mesh, gateway),
        Endpoints.socket(IpFamily.IPV4.loopback(), egressPort));
  }

  /** Where traffic goes that is for no backend: to where it was going, or nowhere. */
  static Cluster external(Mesh mesh) {
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(Names.externalCluster(mesh))
            .setConnectTimeout(EGRESS_CONNECT_TIMEOUT);
    return mesh.allowsExternalTraffic()
        ? cluster.setType(DiscoveryType.ORIGINAL_DST).setLbPolicy(LbPolicy.CLUSTER_PROVIDED).build()
        : cluster
            .setType(DiscoveryType.STATIC)
            .setLoadAssignment(Endpoints.of(Names.externalCluster(mesh), List.of()))
            .build();
  }

  private static Cluster local(String name, SocketAddress address) {
    return Cluster.newBuilder()
        .setName(name)
        .setType(DiscoveryType.STATIC)
        .setConnectTimeout(INGRESS_CONNECT_TIMEOUT)
        .setCircuitBreakers(UNLIMITED)
        .setLoadAssignment(Endpoints.of(name, List.of(address)))
        .build();
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

  private static CircuitBreakers unlimited() {
    UInt32Value max = UInt32Value.of(Integer.MAX_VALUE);
    return CircuitBreakers.newBuilder()
        .addThresholds(
            Thresholds.newBuilder()
                .setMaxConnections(max)
                .setMaxPendingRequests(max)
                .setMaxRequests(max)
                .setMaxRetries(max))
        .build();
  }
}
