import colorteller.controlplane.AwsTask;
import colorteller.controlplane.EnvoyMessages;
import colorteller.controlplane.Translator;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads and translates a mesh of N nodes and 2 N routes, and then one in which a route has changed.
 * Prints seconds since this program began: read, translated, changed; and how many proxies the
 * change concerned.
 */
public final class Translate {

  private static final int A_TEMPLATE = 500;

  public static void main(String[] arguments) throws Exception {
    int nodes = Integer.parseInt(arguments[0]);
    Path folder = Files.createTempDirectory("mesh");
    List<Path> file = new ArrayList<>();
    List<Path> changed = new ArrayList<>();
    try {
      // A template of CloudFormation has at most 1 MiB.
      for (int from = 0; from < nodes; from += A_TEMPLATE) {
        int to = Math.min(nodes, from + A_TEMPLATE);
        file.add(Files.writeString(folder.resolve("a" + from + ".json"), template(nodes, from, to, "/v0")));
        changed.add(
            from > 0
                ? file.get(file.size() - 1)
                : Files.writeString(folder.resolve("b.json"), template(nodes, from, to, "/changed")));
      }
      long begin = System.nanoTime();
      // As ./walkthrough config does.
      EnvoyMessages.load();
      MeshReader.load();
      Translator before = translator(file);
      long read = System.nanoTime();
      before.proxies();
      long translated = System.nanoTime();
      Translator after = translator(changed);
      long again = System.nanoTime();
      Set<ProxyId> concerned = after.changed(before);
      concerned.parallelStream().forEach(after::proxy);
      long end = System.nanoTime();
      System.out.printf(
          "%.3f %.3f %.3f %d%n",
          (read - begin) / 1e9, (translated - read) / 1e9, (end - again) / 1e9, concerned.size());
    } finally {
      for (File left : folder.toFile().listFiles()) {
        Files.delete(left.toPath());
      }
      Files.delete(folder);
    }
  }

  private static Translator translator(List<Path> files) {
    Mesh mesh =
        MeshReader.read(files.stream().map(file -> Template.read(file, Map.of())).toList());
    return new Translator(mesh, new AwsTask(), Map.of());
  }

  /** Each node sends to three others, each of which has a router with two routes. */
  private static String template(int nodes, int from, int to, String first) {
    StringBuilder text = new StringBuilder("{\"Resources\": {\n");
    text.append(
        from == 0
            ? "\"Mesh\": {\"Type\": \"AWS::AppMesh::Mesh\", \"Properties\": {\"MeshName\": \"m\"}}"
            : "\"Nothing\": {\"Type\": \"AWS::CloudFormation::WaitConditionHandle\"}");
    for (int i = from; i < to; i++) {
      StringBuilder backends = new StringBuilder();
      for (int backend : new int[] {1, 7, 31}) {
        backends
            .append(backends.isEmpty() ? "" : ", ")
            .append("{\"VirtualService\": {\"VirtualServiceName\": \"s%d.local\"}}".formatted((i + backend) % nodes));
      }
      add(text, "N" + i, "VirtualNode", "\"VirtualNodeName\": \"n%d\"".formatted(i),
          "\"Listeners\": [{\"PortMapping\": {\"Port\": 8080, \"Protocol\": \"http\"}}], \"Backends\": [%s], \"ServiceDiscovery\": {\"DNS\": {\"Hostname\": \"n%d.local\"}}"
              .formatted(backends, i));
      add(text, "S" + i, "VirtualService", "\"VirtualServiceName\": \"s%d.local\"".formatted(i),
          "\"Provider\": {\"VirtualRouter\": {\"VirtualRouterName\": \"r%d\"}}".formatted(i));
      add(text, "R" + i, "VirtualRouter", "\"VirtualRouterName\": \"r%d\"".formatted(i),
          "\"Listeners\": [{\"PortMapping\": {\"Port\": 8080, \"Protocol\": \"http\"}}]");
      for (String prefix : new String[] {"/", i == 0 ? first : "/v" + i}) {
        add(text, "R" + i + (prefix.equals("/") ? "All" : "One"), "Route",
            "\"VirtualRouterName\": \"r%d\", \"RouteName\": \"%s\"".formatted(i, prefix.equals("/") ? "all" : "one"),
            "\"HttpRoute\": {\"Match\": {\"Prefix\": \"%s\"}, \"Action\": {\"WeightedTargets\": [{\"VirtualNode\": \"n%d\", \"Weight\": 1}]}}"
                .formatted(prefix, i));
      }
    }
    return text.append("\n}}\n").toString();
  }

  private static void add(StringBuilder text, String id, String type, String names, String spec) {
    text.append(",\n\"%s\": {\"Type\": \"AWS::AppMesh::%s\", \"Properties\": {\"MeshName\": \"m\", %s, \"Spec\": {%s}}}"
        .formatted(id, type, names, spec));
  }
}
