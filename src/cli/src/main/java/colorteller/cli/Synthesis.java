package colorteller.cli;

import colorteller.mesh.Mesh;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.WorkloadReader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lets the CDK app synthesize its stacks for some stages, in a process of its own as the CDK CLI
 * does, and reads the templates.
 */
final class Synthesis {

  private Synthesis() {}

  /**
   * The scenarios of the walkthrough.
   *
   * @param stages names of stages, or {@code all}
   * @param variants {@code dns}, {@code cloud} or both
   * @param context {@code KEY=VALUE}, over what cdk.json says
   * @throws UnusableInput if the app refuses its settings; it has said why on standard error
   */
  static List<Scenario> scenarios(String stages, List<String> variants, List<String> context) {
    Machine.requireNode();
    try {
      Path directory = Files.createTempDirectory("walkthrough-synth-");
      Thread cleanUp = new Thread(() -> delete(directory), "delete the templates");
      Runtime.getRuntime().addShutdownHook(cleanUp);
      try {
        synthesize(directory, stages, variants, context);
        return read(directory);
      } finally {
        delete(directory);
      }
    } catch (IOException e) {
      throw new UnusableInput("The templates cannot be written or read: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnusableInput("interrupted while synthesizing the templates");
    }
  }

  private static void synthesize(
      Path directory, String stages, List<String> variants, List<String> context)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add("src/infra/target/classes:src/infra/target/lib/*");
    command.add("colorteller.infra.SynthesizeStages");
    command.add(directory.toString());
    command.addAll(List.of(stages, String.join(",", variants)));
    command.addAll(context);
    ProcessBuilder builder = new ProcessBuilder(command);
    // The CDK's validation takes 3 s, and cdk synth makes it before anything is deployed.
    builder.environment().put("CDK_VALIDATION", "false");
    Process process =
        builder
            .directory(Machine.root().toFile())
            // What the app says goes to standard error: standard output is for the result.
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    // The app starts Node.js: on Ctrl-C or kill, both end.
    Thread stop =
        new Thread(
            () -> {
              process.descendants().forEach(ProcessHandle::destroy);
              process.destroy();
            },
            "stop the synthesis");
    Runtime.getRuntime().addShutdownHook(stop);
    int status = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(stop);
    if (status == 2) {
      throw new UnusableInput("");
    }
    if (status != 0) {
      throw new UnusableInput(
          "The CDK app ended with status %d; npx cdk synth shows why.".formatted(status));
    }
  }

  private static List<Scenario> read(Path directory) throws IOException {
    List<Scenario> scenarios = new ArrayList<>();
    for (JsonNode stage : new ObjectMapper().readTree(directory.resolve("stages.json").toFile())) {
      Mesh mesh =
          MeshReader.read(
              Template.read(directory.resolve(stage.path("meshTemplate").asText()), Map.of()));
      scenarios.add(
          new Scenario(
              Optional.of(stage.path("variant").asText()),
              Optional.of(stage.path("stage").asText()),
              mesh,
              WorkloadReader.read(
                  Template.read(
                      directory.resolve(stage.path("serviceTemplate").asText()), Map.of()),
                  mesh)));
    }
    return scenarios;
  }

  private static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.printf("%s could not be deleted: %s%n", directory, e.getMessage());
    }
  }
}
