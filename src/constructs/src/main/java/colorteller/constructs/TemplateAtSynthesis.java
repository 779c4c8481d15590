package colorteller.constructs;

import colorteller.controlplane.WithoutRedirection;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awscdk.Token;

/**
 * An App Mesh template while the app synthesizes: of some values only a deployment will know what
 * they are.
 *
 * @param parameters values of its parameters; they may be tokens
 * @param imports values of what it imports, by the name of the export; they may be tokens
 */
record TemplateAtSynthesis(Path file, Map<String, String> parameters, Map<String, String> imports) {

  /** What stands for a value that only a deployment knows: good for a text and for a number. */
  private static final String UNKNOWN = "1";

  /** Another such value. What differs between the two, only a deployment knows as well. */
  private static final String UNKNOWN_TOO = "2";

  /**
   * The mesh; what only a deployment knows is {@code 1} in it: no name and no port.
   *
   * @throws colorteller.mesh.template.TemplateException if it cannot be read
   * @throws IllegalArgumentException if a name or a port is made of what only a deployment knows
   */
  Mesh mesh() {
    Mesh mesh = with(UNKNOWN).read();
    requireSame(namesAndPorts(mesh), namesAndPorts(with(UNKNOWN_TOO).read()));
    return mesh;
  }

  /** The same with another text in place of each token. */
  TemplateAtSynthesis with(String known) {
    return new TemplateAtSynthesis(file, with(known, parameters), with(known, imports));
  }

  private static Map<String, String> with(String known, Map<String, String> values) {
    Map<String, String> all = new TreeMap<>();
    values.forEach(
        (name, value) ->
            all.put(name, Boolean.TRUE.equals(Token.isUnresolved(value)) ? known : value));
    return all;
  }

  private Mesh read() {
    return MeshReader.readKnown(Template.read(file, parameters, imports));
  }

  /** Certificates, tasks, names and permissions are made of these while the app synthesizes. */
  private void requireSame(List<String> here, List<String> there) {
    Stream.concat(
            here.stream().filter(name -> !there.contains(name)),
            there.stream().filter(name -> !here.contains(name)))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "%s: %s has in it what only a deployment knows (%s stands for it); give the parameter or the import of which it is made a value that is known at synthesis"
                      .formatted(file, name, UNKNOWN));
            });
  }

  private static List<String> namesAndPorts(Mesh mesh) {
    Stream<String> gateways =
        mesh.gateways().values().stream()
            .map(
                gateway ->
                    "virtual gateway %s, ports %s"
                        .formatted(gateway.name(), ports(gateway.listeners())));
    Stream<String> nodes =
        mesh.nodes().values().stream()
            .map(
                node ->
                    "virtual node %s, ports %s".formatted(node.name(), ports(node.listeners())));
    Stream<String> backends =
        new WithoutRedirection(mesh)
            .addresses().keySet().stream().map(name -> "virtual service " + name);
    Stream<String> namespaces = namespaces(mesh).map(name -> "Cloud Map namespace " + name);
    return Stream.of(Stream.of("mesh " + mesh.name()), gateways, nodes, backends, namespaces)
        .flatMap(names -> names)
        .toList();
  }

  static List<Integer> ports(List<Listener> listeners) {
    return listeners.stream().map(Listener::port).toList();
  }

  /** The Cloud Map namespaces of a mesh. */
  static Stream<String> namespaces(Mesh mesh) {
    return mesh.nodes().values().stream()
        .flatMap(node -> node.serviceDiscovery().stream())
        .flatMap(
            discovery ->
                discovery instanceof CloudMap cloudMap
                    ? Stream.of(cloudMap.namespaceName())
                    : Stream.of())
        .distinct()
        .sorted();
  }
}
