package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real CDK CLI, and CloudFormation's own rules. */
class CdkSynthTest {

  private static final List<String> STAGES =
      List.of("v4_only", "v4_preferred", "v6_only", "v6_preferred", "override", "none", "custom");

  private static final Path GOLDEN = Path.of("test/src/test/resources/templates");

  @TempDir Path folder;

  @Test
  void everyStage() throws Exception {
    List<String> lint =
        new ArrayList<>(
            // W3696 says that AWS has ended App Mesh, as the README does.
            List.of(".tools/cfn-lint", "--ignore-checks", "W3696", "--"));
    for (String stage : STAGES) {
      Path out = folder.resolve(stage);
      Command.Result result = cdk(out, "-c", "stage=" + stage);
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(result.err())
          .contains("Settings: stage=" + stage, "AWS ended App Mesh on 2026-09-30")
          .doesNotContain("W3696", "WARNING");
      try (Stream<Path> files = Files.list(out)) {
        files
            .filter(file -> file.toString().endsWith(".template.json"))
            .map(Path::toString)
            .sorted()
            .forEach(lint::add);
      }
    }
    assertThat(lint).hasSize(4 + STAGES.size() * 6);
    Command.Result linted = Command.run(Map.of(), lint);
    assertThat(linted.status()).as(linted.out()).isZero();

    sameAsInOneProcess();
    sameAsGolden();
  }

  /** What a reviewer reads: every stack of the default stage, the mesh stacks of every stage. */
  private void sameAsGolden() throws Exception {
    List<Path> expected = new ArrayList<>();
    for (String stage : STAGES) {
      try (Stream<Path> files = Files.list(folder.resolve(stage))) {
        for (Path file : files.sorted().toList()) {
          String name = file.getFileName().toString();
          if (name.endsWith("-mesh.template.json")
              || stage.equals(STAGES.get(0)) && name.endsWith(".template.json")) {
            Path golden = GOLDEN.resolve(stage).resolve(name);
            expected.add(golden);
            compare(file, golden);
          }
        }
      }
    }
    assertThat(expected).hasSize(6 + 2 * (STAGES.size() - 1));
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      assertThat(files.filter(Files::isRegularFile)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static void compare(Path synthesized, Path golden) throws Exception {
    // Hashes of assets change with every line of their source, and say nothing to a reviewer.
    Files.writeString(
        synthesized, Files.readString(synthesized).replaceAll("[0-9a-f]{64}", "ASSET_HASH"));
    if (Boolean.getBoolean("update-golden")) {
      Files.createDirectories(golden.getParent());
      Files.copy(synthesized, golden, StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(synthesized)
        .as("%s; renew it with: mvn -B verify -Dupdate-golden=true", golden)
        .hasSameTextualContentAs(golden);
  }

  /** What the local mesh reads is what the CDK CLI gives, byte for byte. */
  private void sameAsInOneProcess() throws Exception {
    Path all = folder.resolve("all");
    Command.Result result =
        Command.run(
            Map.of("CDK_VALIDATION", "false"),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                "src/infra/target/classes:src/infra/target/lib/*",
                "colorteller.infra.SynthesizeStages",
                all.toString(),
                "all",
                "dns,cloud"));
    assertThat(result.status()).as(result.err()).isZero();
    JsonNode index = new ObjectMapper().readTree(all.resolve("stages.json").toFile());
    assertThat(index).hasSize(2 * STAGES.size());
    for (JsonNode stage : index) {
      for (String kind : List.of("meshTemplate", "serviceTemplate")) {
        String file = stage.path(kind).asText();
        assertThat(all.resolve(file)).hasSameTextualContentAs(folder.resolve(file));
      }
    }
  }

  @Test
  void everyOption() throws Exception {
    Command.Result result =
        cdk(
            folder.resolve("options"),
            "-c",
            "natGateways=2",
            "-c",
            "flowLogs=true",
            "-c",
            "envoyMetrics=true",
            "-c",
            "accessLogsBucket=my-logs",
            "-c",
            "keyPairName=me",
            "-c",
            "sshCidr=2001:db8::/64");
    assertThat(result.status()).as(result.err()).isZero();
    Command.Result linted =
        Command.run(
            Map.of(),
            List.of(
                ".tools/cfn-lint",
                "--ignore-checks",
                "W3696",
                "--",
                folder.resolve("options") + "/*.template.json"));
    assertThat(linted.status()).as(linted.out()).isZero();
  }

  @Test
  void refusesInOneLine() throws Exception {
    Command.Result result = cdk(folder, "-c", "stage=v5_only");
    assertThat(result.status()).isNotZero();
    assertThat(result.err())
        .contains("context value stage='v5_only' is not allowed; allowed: v4_only, v4_preferred")
        .doesNotContain("\tat ", "Exception");
    assertThat(Files.list(folder)).isEmpty();
  }

  private static Command.Result cdk(Path out, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("npx", "cdk", "synth", "-q", "-o", out.toString()));
    command.addAll(List.of(arguments));
    return Command.run(Map.of(), command);
  }
}
