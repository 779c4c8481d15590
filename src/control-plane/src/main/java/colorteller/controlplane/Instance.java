package colorteller.controlplane;

import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One instance that is registered with a Cloud Map service.
 *
 * @param addresses its address in each family in which it is registered
 * @param attributes what else is registered of it
 */
public record Instance(Map<IpFamily, String> addresses, Map<String, String> attributes) {

  /** One of which nothing else is registered. */
  public Instance(Map<IpFamily, String> addresses) {
    this(addresses, Map.of());
  }

  /**
   * An instance for each node that is found by Cloud Map, for who does not ask Cloud Map itself.
   *
   * @param families those under which a node can be discovered
   * @param address a node's in a family
   */
  public static Map<CloudMap, List<Instance>> ofEachNode(
      Mesh mesh,
      Function<VirtualNode, Set<IpFamily>> families,
      BiFunction<VirtualNode, IpFamily, String> address) {
    // Nodes that are discovered in the same way have the same instances.
    Map<CloudMap, Instance> discovered = new LinkedHashMap<>();
    for (VirtualNode node : mesh.nodes().values()) {
      if (node.serviceDiscovery().orElse(null) instanceof CloudMap service) {
        Map<IpFamily, String> addresses = new EnumMap<>(IpFamily.class);
        families.apply(node).forEach(family -> addresses.put(family, address.apply(node, family)));
        discovered.put(service, new Instance(addresses, service.attributes()));
      }
    }
    Map<CloudMap, List<Instance>> result = new LinkedHashMap<>();
    discovered.forEach(
        (service, instance) ->
            result.computeIfAbsent(service.service(), s -> new ArrayList<>()).add(instance));
    return result;
  }
}
