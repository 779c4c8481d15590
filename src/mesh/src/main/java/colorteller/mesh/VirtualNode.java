package colorteller.mesh;

import java.util.List;
import java.util.Optional;

/**
 * A virtual node: a workload behind an Envoy of its own.
 *
 * @param name the virtual node's name in its mesh
 * @param preference the node's own IP preference, {@link IpPreference#NONE} where it has none
 * @param listeners where it takes connections; a node without one only sends
 * @param serviceDiscovery how it is found; a node without one cannot be sent to
 * @param backends the virtual services that it sends to, each once
 * @param tls the client policy for those backends that have none of their own, if there is one
 * @param accessLog where its Envoy writes down what passes, if anywhere
 */
public record VirtualNode(
    String name,
    IpPreference preference,
    List<Listener> listeners,
    Optional<ServiceDiscovery> serviceDiscovery,
    List<Backend> backends,
    Optional<ClientTls> tls,
    Optional<FileAccessLog> accessLog) {

  /** One that sends to nobody, and of which nothing else is said. */
  public static VirtualNode of(
      String name,
      IpPreference preference,
      Optional<Listener> listener,
      Optional<ServiceDiscovery> serviceDiscovery) {
    return new VirtualNode(
        name,
        preference,
        listener.stream().toList(),
        serviceDiscovery,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same with another IP preference. */
  public VirtualNode with(IpPreference other) {
    return new VirtualNode(name, other, listeners, serviceDiscovery, backends, tls, accessLog);
  }

  /** Its first listener. */
  public Optional<Listener> listener() {
    return listeners.stream().findFirst();
  }

  /** Its listener at a port; the first one where no port is asked for. */
  public Optional<Listener> listener(Optional<Integer> port) {
    return listeners.stream()
        .filter(listener -> port.isEmpty() || port.get() == listener.port())
        .findFirst();
  }
}
