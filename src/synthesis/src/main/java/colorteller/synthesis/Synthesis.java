package colorteller.synthesis;

import colorteller.mesh.Mesh;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.WorkloadReader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lets the CDK app synthesize its stacks for some stages, in a process of its own as the CDK CLI
 * does, and reads the templates. Where nothing has changed since, it uses what was kept.
 *
 * @param root the folder that {@code cdk.json} is in
 * @param kept the folder for what was synthesized
 * @param node the {@code node} that is on PATH
 * @param environment of which the app is given a part
 * @param progress takes what the app says to a person, line by line
 */
public record Synthesis(
    Path root, Path kept, Path node, Map<String, String> environment, Consumer<String> progress) {

  /** The exit status with which the app refuses its settings. */
  private static final int REFUSED_SETTINGS = 2;

  /** The same for a second look: what the app says has been said. */
  public Synthesis quietly() {
    return new Synthesis(root, kept, node, environment, line -> {});
  }

  /**
   * The scenarios of the walkthrough.
   *
   * @param stages names of stages, or {@code all}
   * @param variants {@code dns}, {@code cloud} or both
   * @param context {@code KEY=VALUE}, over what cdk.json says
   * @throws SynthesisException if the app refuses its settings; it has said why on standard error
   */
  public List<Scenario> scenarios(String stages, List<String> variants, List<String> context) {
    return inFolder(
        Stream.concat(
            Stream.of("colorteller.infra.SynthesizeStages", stages, String.join(",", variants)),
            context.stream()),
        Synthesis::read);
  }

  /**
   * Every stack, as {@code cdk deploy} would get it.
   *
   * @param context {@code KEY=VALUE}, over what cdk.json says
   * @throws SynthesisException if the app refuses its settings; it has said why on standard error
   */
  public Assembly assembly(List<String> context) {
    return inFolder(
        Stream.concat(Stream.of("colorteller.infra.CdkApp"), context.stream()), Assembly::read);
  }

  private interface Read<T> {
    T from(Path directory) throws IOException;
  }

  private <T> T inFolder(Stream<String> mainAndArguments, Read<T> read) {
    App app = new App(root, node, environment, mainAndArguments.toList());
    try {
      Path directory = Files.createTempDirectory("walkthrough-synth-");
      AtomicReference<@Nullable Process> running = new AtomicReference<>();
      Thread atExit = new Thread(() -> end(running.get(), directory), "end the synthesis");
      Runtime.getRuntime().addShutdownHook(atExit);
      try {
        fill(directory, app, running);
        return read.from(directory);
      } finally {
        end(running.get(), directory);
      }
    } catch (IOException e) {
      throw new SynthesisException("The templates cannot be written or read: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SynthesisException("interrupted while synthesizing the templates");
    }
  }

  private void fill(Path directory, App app, AtomicReference<@Nullable Process> running)
      throws IOException, InterruptedException {
    Kept all = new Kept(kept);
    Optional<String> key = Input.key(app);
    Optional<Synthesized> found = key.flatMap(all::find);
    if (found.isPresent()) {
      found.get().said().forEach(progress);
      found.get().writeTo(directory);
      return;
    }
    Process started = app.start(directory);
    running.set(started);
    List<String> said = finish(started);
    // What changed while the app read it would be kept under the name of what was there before.
    if (key.isPresent() && key.equals(Input.key(app))) {
      all.keep(key.get(), Synthesized.in(directory, said));
    }
  }

  private List<String> finish(Process app) throws IOException, InterruptedException {
    List<String> said = new ArrayList<>();
    try (BufferedReader lines = app.errorReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        progress.accept(line);
        said.add(line);
      }
    }
    int status = app.waitFor();
    if (status == REFUSED_SETTINGS) {
      // It has said why.
      throw new SynthesisException("");
    }
    if (status != 0) {
      throw new SynthesisException(
          "The CDK app ended with status %d; npx cdk synth shows why.".formatted(status));
    }
    return said;
  }

  /** Ends the app, and the Node.js that it starts, and deletes what they wrote. */
  private void end(@Nullable Process app, Path directory) {
    if (app != null) {
      List<ProcessHandle> children = app.descendants().toList();
      app.destroy();
      app.onExit().completeOnTimeout(app, 5, TimeUnit.SECONDS).join().destroyForcibly();
      children.forEach(
          child -> {
            child.onExit().completeOnTimeout(child, 1, TimeUnit.SECONDS).join();
            child.destroyForcibly();
          });
    }
    delete(directory);
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

  private void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      progress.accept("%s could not be deleted: %s".formatted(directory, e.getMessage()));
    }
  }
}
