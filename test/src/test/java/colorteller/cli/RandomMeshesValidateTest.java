package colorteller.cli;

import colorteller.acceptance.Command;
import colorteller.controlplane.RandomMeshes;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/**
 * Meshes made at random from App Mesh's schema are accepted by Envoy itself. A failing case is
 * shrunk, and written to {@code test/target/fuzz}.
 */
class RandomMeshesValidateTest {

  private static final Path FAILED = Command.root().resolve("test/target/fuzz");

  @Property(tries = 8, edgeCases = EdgeCasesMode.NONE)
  void some(@ForAll("templates") ObjectNode template) throws Exception {
    accepted(template);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  @AddLifecycleHook(WithProof.class)
  void many(@ForAll("templates") ObjectNode template) throws Exception {
    accepted(template);
  }

  static final class WithProof implements SkipExecutionHook {
    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
      return Boolean.getBoolean("proof") ? SkipResult.doNotSkip() : SkipResult.skip("-Pproof");
    }
  }

  private static void accepted(ObjectNode template) throws Exception {
    Path folder = Files.createTempDirectory("random-mesh");
    try {
      EnvoyValidation.accepts(MeshReader.read(Template.of("random", template)), folder);
    } catch (Exception | AssertionError e) {
      // The last one that is written is the one that jqwik has shrunk.
      Files.createDirectories(FAILED);
      Files.writeString(FAILED.resolve("refused-by-envoy.json"), template.toPrettyString());
      throw e;
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Provide
  Arbitrary<ObjectNode> templates() {
    return RandomMeshes.valid();
  }
}
