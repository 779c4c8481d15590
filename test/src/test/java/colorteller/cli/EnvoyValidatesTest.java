package colorteller.cli;

import colorteller.acceptance.Command;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that the translator emits for AWS passes {@code envoy --mode validate}. */
class EnvoyValidatesTest {

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
    EnvoyValidation.accepts(MeshReader.read(Template.read(file, Map.of())), folder);
  }

  static Stream<Scenario> stages() {
    return Stream.of("dns", "cloud").flatMap(variant -> LocalMeshes.of(variant).stream());
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource
  void stages(Scenario stage) throws Exception {
    EnvoyValidation.accepts(stage.mesh(), folder);
  }
}
