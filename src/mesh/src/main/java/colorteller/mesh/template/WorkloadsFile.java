package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.Fault;
import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What runs behind the nodes of somebody's own template: a YAML file of {@code NODE: {discovery:
 * FAMILIES, application: FAMILIES, fault: FAULT}}, where families are {@code ipv4}, {@code ipv6} or
 * {@code dual}. Whatever is not named is as a service is that nobody gave a thought to: it does not
 * fail, listens on both, and is found by IPv4, but by both where an IP preference is said. Stand-in
 * applications run there.
 */
public final class WorkloadsFile {

  private static final List<String> KEYS = List.of("discovery", "application", "fault");

  private WorkloadsFile() {}

  /** The workloads without a file. */
  public static Map<String, Workload> defaults(Mesh mesh) {
    Map<String, Workload> workloads = new LinkedHashMap<>();
    mesh.nodes()
        .values()
        .forEach(
            node ->
                workloads.put(
                    node.name(),
                    new Workload(
                        usual(mesh, node), IpFamily.dual(), node.name(), Optional.of(Fault.NONE))));
    return workloads;
  }

  /** Addresses of IPv6 are registered by those who ask for them. */
  private static Set<IpFamily> usual(Mesh mesh, VirtualNode node) {
    return mesh.effectivePreference(node) == IpPreference.NONE
        ? Set.of(IpFamily.IPV4)
        : IpFamily.dual();
  }

  /**
   * Reads a workloads file.
   *
   * @throws TemplateException if it cannot be read, or names what the mesh does not have
   */
  public static Map<String, Workload> read(Path file, Mesh mesh) {
    Place place = Place.of(file);
    String text = TextFile.read(file);
    JsonNode root = Yaml.parse(text, place);
    Map<String, Integer> lines = Yaml.keyLines(text, place);
    Map<String, Workload> workloads = defaults(mesh);
    if (root.isMissingNode() || root.isNull()) {
      return workloads;
    }
    if (!root.isObject()) {
      throw place.error(
          "must hold lines such as 'NODE: {discovery: ipv4, application: dual}', but is "
              + Words.show(root));
    }
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      String node = entry.getKey();
      Place at = new Place(file, "line " + lines.get(node));
      if (!workloads.containsKey(node)) {
        throw at.error(
            "mesh %s has no virtual node %s; %s"
                .formatted(
                    quote(mesh.name()),
                    quote(node),
                    Words.nearest(node, workloads.keySet(), "its nodes")));
      }
      workloads.put(
          node,
          workload(
              Objects.requireNonNull(workloads.get(node)),
              entry.getValue(),
              new Place(file, at.path() + ": " + node)));
    }
    sharedNames(mesh, workloads, place);
    return workloads;
  }

  private static Workload workload(Workload otherwise, JsonNode value, Place place) {
    if (!value.isObject()) {
      throw place.error(
          "must be such as {discovery: ipv4, application: dual}, but is " + Words.show(value));
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      if (!KEYS.contains(entry.getKey())) {
        throw place.error(
            "%s is no such key; %s"
                .formatted(quote(entry.getKey()), Words.allowed(entry.getKey(), KEYS)));
      }
    }
    return new Workload(
        families(value, "discovery", otherwise.discovery(), place),
        families(value, "application", otherwise.application(), place),
        otherwise.answer(),
        Optional.of(fault(value.path("fault"), place.child("fault"))));
  }

  private static Fault fault(JsonNode text, Place place) {
    if (text.isMissingNode()) {
      return Fault.NONE;
    }
    try {
      Fault fault = Fault.parse(text.asText());
      if (fault.times().isPresent()) {
        throw place.error(
            "has times=, which is for the header %s of a request; leave it out"
                .formatted(Fault.HEADER));
      }
      return fault;
    } catch (IllegalArgumentException e) {
      throw place.error(String.valueOf(e.getMessage()));
    }
  }

  private static Set<IpFamily> families(
      JsonNode value, String key, Set<IpFamily> otherwise, Place place) {
    JsonNode word = value.path(key);
    if (word.isMissingNode()) {
      return otherwise;
    }
    try {
      return IpFamily.parse(word.isTextual() ? word.textValue() : word.toString());
    } catch (IllegalArgumentException e) {
      throw place.child(key).error(String.valueOf(e.getMessage()));
    }
  }

  /** Nodes that share a host name or a Cloud Map service share its records. */
  private static void sharedNames(Mesh mesh, Map<String, Workload> workloads, Place place) {
    Map<Object, VirtualNode> first = new LinkedHashMap<>();
    for (VirtualNode node : mesh.nodes().values()) {
      node.serviceDiscovery()
          .ifPresent(
              discovery -> {
                VirtualNode other = first.putIfAbsent(discovery, node);
                if (other != null
                    && !discovery(workloads, other).equals(discovery(workloads, node))) {
                  throw place
                      .child(node.name())
                      .child("discovery")
                      .error(
                          "must be as that of %s, which has the same name in service discovery"
                              .formatted(quote(other.name())));
                }
              });
    }
  }

  private static Set<IpFamily> discovery(Map<String, Workload> workloads, VirtualNode node) {
    return Objects.requireNonNull(workloads.get(node.name())).discovery();
  }
}
