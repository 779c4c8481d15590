package colorteller.controlplane;

import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
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
  static Cluster egress(Mesh mesh, VirtualNode node) {
    String name = Names.egressCluster(mesh, node);
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName(name)
            .setConnectTimeout(EGRESS_CONNECT_TIMEOUT)
            .setCircuitBreakers(UNLIMITED);
    node.listener()
        .flatMap(Listener::healthCheck)
        .ifPresent(check -> cluster.addHealthChecks(HealthChecks.of(check)));
    if (node.serviceDiscovery().orElseThrow() instanceof ServiceDiscovery.Dns dns) {
      return cluster
          .setType(DiscoveryType.LOGICAL_DNS)
          .setDnsLookupFamily(dnsLookupFamily(mesh.effectivePreference(node)))
          .setLoadAssignment(Endpoints.of(name, Names.port(node), List.of(dns.hostname())))
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
  static Cluster ingress(Mesh mesh, VirtualNode node) {
    String loopback = mesh.effectivePreference(node).localApplication().loopback();
    return local(Names.ingressCluster(mesh, node), loopback, Names.port(node));
  }

  /** The cluster through which a gateway hands a request to its own egress listener. */
  static Cluster selfRedirect(Mesh mesh, VirtualGateway gateway) {
    // IPv4, which every listener binds, whatever the preference.
    return local(Names.selfRedirectCluster(mesh, gateway), "127.0.0.1", EnvoyPorts.EGRESS);
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
            .setLoadAssignment(
                Endpoints.of(Names.externalCluster(mesh), EnvoyPorts.EGRESS, List.of()))
            .build();
  }

  private static Cluster local(String name, String address, int port) {
    return Cluster.newBuilder()
        .setName(name)
        .setType(DiscoveryType.STATIC)
        .setConnectTimeout(INGRESS_CONNECT_TIMEOUT)
        .setCircuitBreakers(UNLIMITED)
        .setLoadAssignment(Endpoints.of(name, port, List.of(address)))
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
