package colorteller.mesh;

import java.util.List;
import java.util.Optional;

/**
 * A virtual node: a workload behind an Envoy of its own.
 *
 * @param name the virtual node's name in its mesh
 * @param preference the node's own IP preference, {@link IpPreference#NONE} where it has none
 * @param listener where it takes requests; a node without one only sends
 * @param serviceDiscovery how it is found; a node without one cannot be sent to
 * @param backends the names of the virtual services that it sends to
 */
public record VirtualNode(
    String name,
    IpPreference preference,
    Optional<Listener> listener,
    Optional<ServiceDiscovery> serviceDiscovery,
    List<String> backends) {}
