package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.controlplane.AwsTask;
import colorteller.controlplane.Instance;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.mesh.Certificate;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.Trust;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that the translator emits for AWS passes {@code envoy --mode validate}. That mode does
 * not fetch routes and endpoints, so they stand inline here, and it opens certificates.
 */
class EnvoyValidatesTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  static Stream<Path> goldenMeshes() throws IOException {
    Path data = Command.root().resolve("src/control-plane/src/test/resources/testdata/in");
    try (Stream<Path> files = Files.list(data)) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource
  void goldenMeshes(Path file) throws Exception {
    validate(MeshReader.read(Template.read(file, Map.of())));
  }

  static Stream<Scenario> stages() {
    return Stream.of("dns", "cloud").flatMap(variant -> LocalMeshes.of(variant).stream());
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource
  void stages(Scenario stage) throws Exception {
    validate(stage.mesh());
  }

  /** Envoy opens the files of certificates: here each is one that everybody may know. */
  private static final class WithCertificates extends AwsTask {

    private static final Path TLS = Command.root().resolve("test/src/test/resources/tls");

    @Override
    public Certificate certificate(ProxyId proxy, Certificate certificate) {
      return certificate instanceof Certificate.Sds
          ? certificate
          : new Certificate.File(
              TLS.resolve("certificate.pem").toString(), TLS.resolve("key.pem").toString());
    }

    @Override
    public Trust trust(ProxyId proxy, Trust trust) {
      return trust instanceof Trust.Sds
          ? trust
          : new Trust.File(TLS.resolve("certificate.pem").toString());
    }
  }

  private void validate(Mesh mesh) throws Exception {
    Map<CloudMap, List<Instance>> instances =
        Instance.ofEachNode(
            mesh,
            node -> IpFamily.dual(),
            (node, family) -> family == IpFamily.IPV4 ? "192.0.2.1" : "2001:db8::1");
    List<Process> validations = new ArrayList<>();
    for (ProxyResources proxy :
        new Translator(mesh, new WithCertificates(), instances).proxies().values()) {
      Path config = folder.resolve(validations.size() + ".json");
      JSON.writeValue(config.toFile(), bootstrap(JSON.readTree(proxy.toJson())));
      Path log = folder.resolve(validations.size() + ".log");
      validations.add(
          new ProcessBuilder(
                  Machine.envoy().toString(), "--mode", "validate", "-c", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start());
    }
    for (int i = 0; i < validations.size(); i++) {
      validations.get(i).waitFor();
      // Its verdict. After that, Envoy 1.40 sometimes crashes on its way out of this mode, where a
      // secret discovery service is configured.
      assertThat(Files.readString(folder.resolve(i + ".log"))).contains(i + ".json' OK");
    }
  }

  private static ObjectNode bootstrap(JsonNode resources) {
    ObjectNode root = JSON.createObjectNode();
    root.putObject("node").put("id", "validated").put("cluster", "validated");
    ObjectNode statics = root.putObject("static_resources");
    ArrayNode clusters = statics.putArray("clusters");
    for (JsonNode cluster : resources.path("clusters")) {
      clusters.add(
          cluster.path("type").asText().equals("EDS")
              ? withEndpoints((ObjectNode) cluster, resources.path("endpoints"))
              : cluster);
    }
    ArrayNode listeners = statics.putArray("listeners");
    for (JsonNode listener : resources.path("listeners")) {
      for (JsonNode manager : listener.findParents("rds")) {
        String name = manager.at("/rds/route_config_name").asText();
        ((ObjectNode) manager)
            .<ObjectNode>without("rds")
            .set("route_config", named(resources.path("routes"), "name", name));
      }
      listeners.add(listener);
    }
    return root;
  }

  private static ObjectNode withEndpoints(ObjectNode cluster, JsonNode endpoints) {
    cluster.remove("eds_cluster_config");
    cluster.put("type", "STATIC");
    cluster.set("load_assignment", named(endpoints, "cluster_name", cluster.path("name").asText()));
    return cluster;
  }

  private static JsonNode named(JsonNode list, String field, String name) {
    for (JsonNode element : list) {
      if (element.path(field).asText().equals(name)) {
        return element;
      }
    }
    throw new AssertionError("nothing is named " + name);
  }
}
