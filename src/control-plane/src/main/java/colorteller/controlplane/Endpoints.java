package colorteller.controlplane;

import colorteller.mesh.IpPreference;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualNode;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint.HealthCheckConfig;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Addresses → endpoints. */
final class Endpoints {

  private Endpoints() {}

  static SocketAddress socket(String address, int port) {
    return SocketAddress.newBuilder().setAddress(address).setPortValue(port).build();
  }

  static Address address(SocketAddress socket) {
    return Address.newBuilder().setSocketAddress(socket).build();
  }

  static ClusterLoadAssignment of(String cluster, List<SocketAddress> sockets) {
    return of(cluster, sockets, Optional.empty());
  }

  /**
   * Endpoints of a cluster.
   *
   * @param healthCheckPort the port that is asked whether they are well, if it is another
   */
  static ClusterLoadAssignment of(
      String cluster, List<SocketAddress> sockets, Optional<Integer> healthCheckPort) {
    LocalityLbEndpoints.Builder endpoints = LocalityLbEndpoints.newBuilder();
    for (SocketAddress socket : sockets) {
      Endpoint.Builder endpoint = Endpoint.newBuilder().setAddress(address(socket));
      healthCheckPort.ifPresent(
          port -> endpoint.setHealthCheckConfig(HealthCheckConfig.newBuilder().setPortValue(port)));
      endpoints.addLbEndpoints(LbEndpoint.newBuilder().setEndpoint(endpoint));
    }
    return ClusterLoadAssignment.newBuilder()
        .setClusterName(cluster)
        .addEndpoints(endpoints)
        .build();
  }

  /**
   * Of each Cloud Map instance that has the node's attributes, the one address that the preference
   * chooses, if it has such one.
   */
  static ClusterLoadAssignment fromCloudMap(
      Mesh mesh, Upstream upstream, String cluster, List<Instance> instances, Placement placement) {
    VirtualNode node = upstream.node().orElseThrow();
    CloudMap discovery = upstream.cloudMap().orElseThrow();
    IpPreference preference = mesh.effectivePreference(node);
    Stream<String> addresses =
        instances.stream()
            .filter(
                instance ->
                    instance.attributes().entrySet().containsAll(discovery.attributes().entrySet()))
            .map(
                instance ->
                    preference.cloudMapOrder().stream()
                        .flatMap(f -> Optional.ofNullable(instance.addresses().get(f)).stream())
                        .findFirst())
            .flatMap(Optional::stream);
    int port = placement.port(node, upstream.port());
    return of(
        cluster,
        addresses.map(address -> socket(address, port)).toList(),
        upstream.healthCheckPort(placement));
  }
}
