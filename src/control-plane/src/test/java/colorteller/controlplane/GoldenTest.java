package colorteller.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Golden pairs: {@code testdata/in/NAME.yaml}, a mesh, and {@code testdata/out/NAME.json}, the
 * resources of its Envoys. {@code mvn verify -Dupdate-golden=true} rewrites the right-hand side.
 */
class GoldenTest {

  private static final Path DATA = Path.of("src/test/resources/testdata");

  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(DATA.resolve("in"))) {
      return files
          .map(file -> file.getFileName().toString().replace(".yaml", ""))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("names")
  void pair(String name) throws IOException {
    String actual = translate(DATA.resolve("in").resolve(name + ".yaml"));
    Path golden = DATA.resolve("out").resolve(name + ".json");
    if (Boolean.getBoolean("update-golden")) {
      Files.writeString(golden, actual);
    }
    assertThat(actual).isEqualTo(Files.readString(golden));
  }

  private static String translate(Path file) throws IOException {
    Mesh mesh = MeshReader.read(Template.read(file, Map.of()));
    Map<CloudMap, List<Instance>> instances = new LinkedHashMap<>();
    mesh.nodes()
        .values()
        .forEach(
            node -> {
              if (node.serviceDiscovery().orElse(null) instanceof CloudMap service) {
                // One that has both addresses, and one that has no IPv6.
                instances.put(
                    service.service(),
                    List.of(
                        new Instance(
                            Map.of(IpFamily.IPV4, "192.0.2.1", IpFamily.IPV6, "2001:db8::1")),
                        new Instance(Map.of(IpFamily.IPV4, "192.0.2.2"), service.attributes())));
              }
            });
    ObjectNode out = JSON.createObjectNode();
    for (Map.Entry<ProxyId, ProxyResources> proxy :
        new Translator(mesh, new AwsTask(), instances).proxies().entrySet()) {
      out.set(proxy.getKey().toString(), JSON.readTree(proxy.getValue().toJson()));
    }
    return out.toPrettyString() + "\n";
  }
}
