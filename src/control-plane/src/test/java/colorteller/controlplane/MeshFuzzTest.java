package colorteller.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.TemplateException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Meshes made at random from App Mesh's schema are translated into what Envoy's own rules allow;
 * with something wrong in one place, they end in one clear line or are a mesh all the same. A
 * failing case is shrunk, and written to {@code target/fuzz}; put into {@code testdata/fuzz}, it is
 * tried for ever.
 */
class MeshFuzzTest {

  private static final Path KEPT = Path.of("src/test/resources/testdata/fuzz");
  private static final Path FAILED = Path.of("target/fuzz");

  @Property(edgeCases = EdgeCasesMode.NONE)
  void valid(@ForAll("validTemplates") ObjectNode template) throws IOException {
    kept(template, () -> assertThat(broken(template)).isEmpty());
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void mutated(@ForAll("mutatedTemplates") ObjectNode template) throws IOException {
    kept(template, () -> validOrRefused(template));
  }

  @Example
  void formerFailures() throws IOException {
    try (Stream<Path> files = Files.list(KEPT)) {
      for (Path file : files.sorted().toList()) {
        validOrRefused(new ObjectMapper().readTree(file.toFile()));
      }
    }
  }

  private static void validOrRefused(JsonNode template) {
    try {
      assertThat(broken(template)).isEmpty();
    } catch (TemplateException e) {
      assertThat(e.getMessage()).startsWith("random: ").doesNotContain("\n");
    }
  }

  /** What an Envoy would say of a template's resources first. */
  private static List<String> broken(JsonNode template) {
    Mesh mesh = MeshReader.read(Template.of("random", template));
    List<String> broken = new ArrayList<>();
    new Translator(
            mesh,
            new AwsTask(),
            Instance.ofEachNode(mesh, node -> IpFamily.dual(), (node, family) -> "192.0.2.1"))
        .proxies()
        .forEach(
            (proxy, resources) -> {
              Stream.<List<? extends Message>>of(
                      resources.clusters(),
                      resources.endpoints(),
                      resources.listeners(),
                      resources.routes(),
                      resources.secrets())
                  .flatMap(List::stream)
                  .forEach(resource -> broken.addAll(MessageRules.broken(resource)));
              broken.addAll(inconsistent(resources));
              // Fails if one is named that is not there.
              resources.withSecretsInPlace();
            });
    return broken;
  }

  /** What the messages' rules do not say: names are unique, and what is referred to is there. */
  private static List<String> inconsistent(ProxyResources resources) {
    List<String> broken = new ArrayList<>();
    Set<String> clusters = new TreeSet<>();
    resources.clusters().stream()
        .filter(cluster -> !clusters.add(cluster.getName()))
        .forEach(cluster -> broken.add("two clusters " + cluster.getName()));
    resources
        .routes()
        .forEach(
            routes -> {
              Set<String> domains = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
              routes.getVirtualHostsList().stream()
                  .flatMap(host -> host.getDomainsList().stream())
                  .filter(domain -> !domains.add(domain))
                  .forEach(domain -> broken.add("two domains " + domain));
              routes.getVirtualHostsList().stream()
                  .flatMap(host -> host.getRoutesList().stream())
                  .map(route -> route.getRoute().getCluster())
                  .filter(cluster -> !cluster.isEmpty() && !clusters.contains(cluster))
                  .forEach(cluster -> broken.add("no cluster " + cluster));
            });
    return broken;
  }

  private static void kept(JsonNode template, Runnable test) throws IOException {
    try {
      test.run();
    } catch (RuntimeException | AssertionError e) {
      // The last one that is written is the one that jqwik has shrunk.
      Files.createDirectories(FAILED);
      Files.writeString(FAILED.resolve("failed.json"), template.toPrettyString());
      throw e;
    }
  }

  @Provide
  Arbitrary<ObjectNode> validTemplates() {
    return RandomMeshes.valid();
  }

  @Provide
  Arbitrary<ObjectNode> mutatedTemplates() {
    return RandomMeshes.mutated();
  }
}
