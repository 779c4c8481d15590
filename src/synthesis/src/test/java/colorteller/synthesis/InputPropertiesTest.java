package colorteller.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Any bit of any file counts. */
class InputPropertiesTest {

  private static Path root = Path.of("");

  @BeforeContainer
  static void makeRoot() throws IOException {
    root = Files.createTempDirectory("project");
  }

  @AfterContainer
  static void deleteRoot() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Property
  void oneBitIsAnotherKey(
      @ForAll("files") String file,
      @ForAll @IntRange(max = 1000) int offset,
      @ForAll @IntRange(max = 7) int bit)
      throws IOException {
    Project project = new Project(root);
    App app = new App(root, project.node, project.environment, List.of("Main"));
    Optional<String> key = Input.key(app);
    assertThat(key).isPresent();
    project.flip(file, offset, bit);
    assertThat(Input.key(app)).isPresent().isNotEqualTo(key);
    project.flip(file, offset, bit);
    assertThat(Input.key(app)).isEqualTo(key);
  }

  @Provide
  Arbitrary<String> files() {
    return Arbitraries.of(Project.FILES);
  }
}
