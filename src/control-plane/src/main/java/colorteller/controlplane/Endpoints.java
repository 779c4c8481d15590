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

  static SocketAddress socket(String address, int port) {
    return SocketAddress.newBuilder().setAddress(address).setPortValue(port).build();
  }

  static Address address(SocketAddress socket) {
    return Address.newBuilder().setSocketAddress(socket).build();
  }

  static ClusterLoadAssignment of(String cluster, List<SocketAddress> sockets) {
    LocalityLbEndpoints.Builder endpoints = LocalityLbEndpoints.newBuilder();
    sockets.forEach(
        socket ->
            endpoints.addLbEndpoints(
                LbEndpoint.newBuilder()
                    .setEndpoint(Endpoint.newBuilder().setAddress(address(socket)))));
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
    return of(cluster, addresses.map(address -> socket(address, port)).toList());
  }
}
