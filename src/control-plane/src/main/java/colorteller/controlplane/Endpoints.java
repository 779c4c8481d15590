package colorteller.controlplane;

import colorteller.mesh.IpPreference;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Addresses → endpoints. */
final class Endpoints {

  private Endpoints() {}

  static Address address(String address, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(address).setPortValue(port))
        .build();
  }

  static ClusterLoadAssignment of(String cluster, int port, List<String> addresses) {
    LocalityLbEndpoints.Builder endpoints = LocalityLbEndpoints.newBuilder();
    addresses.forEach(
        address ->
            endpoints.addLbEndpoints(
                LbEndpoint.newBuilder()
                    .setEndpoint(Endpoint.newBuilder().setAddress(address(address, port)))));
    return ClusterLoadAssignment.newBuilder()
        .setClusterName(cluster)
        .addEndpoints(endpoints)
        .build();
  }

  /** Of each Cloud Map instance the one address that the preference chooses, if it has such one. */
  static ClusterLoadAssignment fromCloudMap(
      String cluster, int port, List<Instance> instances, IpPreference preference) {
    Stream<String> addresses =
        instances.stream()
            .map(
                instance ->
                    preference.cloudMapOrder().stream()
                        .flatMap(f -> Optional.ofNullable(instance.addresses().get(f)).stream())
                        .findFirst())
            .flatMap(Optional::stream);
    return of(cluster, port, addresses.toList());
  }
}
