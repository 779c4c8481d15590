package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Input that cannot be used gives one clear line and status 2. A broken template {@code NAME} has
 * its message in {@code NAME.error.txt}; {@code mvn verify -Dupdate-golden=true} rewrites those.
 */
class BadInputTest {

  private static final Path DATA = Command.root().resolve("test/src/test/resources/bad-input");

  @TempDir Path folder;

  static Stream<String> templates() throws IOException {
    try (Stream<Path> files = Files.list(DATA)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml") || name.endsWith(".json"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void templates(String name) throws Exception {
    String said = refused("expect", "--template", DATA.resolve(name).toString());
    String message = said.replace(DATA + "/", "");
    Path golden = DATA.resolve(name.replaceAll("\\.[a-z]+$", ".error.txt"));
    if (Boolean.getBoolean("update-golden")) {
      Files.writeString(golden, message);
    }
    assertThat(message).isEqualTo(Files.readString(golden)).startsWith(name + ": ");
  }

  static Stream<String> arguments() throws IOException {
    return Files.readAllLines(DATA.resolve("arguments.txt")).stream()
        .filter(line -> !line.startsWith("#"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void arguments(String line) throws Exception {
    String[] parts = line.split(" \\| ");
    List<String> arguments = new ArrayList<>();
    for (String word : parts[0].split(" ")) {
      arguments.add(word.replace("$GOOD", DATA.resolve("good").toString()));
    }
    assertThat(refused(arguments.toArray(String[]::new))).contains(parts[1]);
  }

  /** What the command says last, in its own process where the CDK app speaks for it. */
  private String refused(String... arguments) throws Exception {
    boolean synthesizes =
        !List.of(arguments).contains("--template")
            && Stream.of("-c", "--stage", "--proxy").anyMatch(List.of(arguments)::contains);
    Command.Result result = synthesizes ? Command.walkthrough(arguments) : inThisProcess(arguments);
    assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.UNUSABLE_INPUT);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).doesNotContain("\tat ", "Exception");
    List<String> lines = result.err().lines().toList();
    if (!synthesizes) {
      assertThat(lines).hasSize(1);
    }
    return lines.get(lines.size() - 1) + "\n";
  }

  /** In a folder where no mesh is up: another test may have one in this project's. */
  private Command.Result inThisProcess(String... arguments) {
    String root = System.setProperty("walkthrough.root", folder.toString());
    try {
      return InThisProcess.walkthrough(arguments);
    } finally {
      System.setProperty("walkthrough.root", root);
    }
  }
}
