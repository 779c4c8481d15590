package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.synthesis.Assembly;
import colorteller.synthesis.Synthesis;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The command, twice: the second time, the CDK app is not started. */
class SynthesizedOnceTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Nobody has synthesized it before. */
  private final String name = "once-" + UUID.randomUUID().toString().substring(0, 8);

  @TempDir Path folder;

  @AfterEach
  void forget() throws IOException {
    for (Path entry : entries()) {
      Files.delete(entry);
    }
  }

  @Test
  void stages() throws Exception {
    List<String> command =
        List.of(
            "./walkthrough",
            "expect",
            "--stage",
            "v6_only",
            "--format",
            "json",
            "-c",
            "projectName=" + name);
    List<String> app =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Djava.io.tmpdir=" + folder,
            "-cp",
            "src/infra/target/classes:src/infra/target/lib/*",
            "colorteller.infra.SynthesizeStages",
            "v6_only",
            "dns,cloud",
            "projectName=" + name);
    isSynthesizedOnce(command, app, 4);
  }

  @Test
  @EnabledIfSystemProperty(named = "proof", matches = "true")
  void wholeAssembly() throws Exception {
    isSynthesizedOnce(
        List.of("./walkthrough", "cost", "-c", "projectName=" + name),
        List.of("./walkthrough", "app", "projectName=" + name),
        6);
  }

  private void isSynthesizedOnce(List<String> command, List<String> app, int templates)
      throws Exception {
    Command.Result fresh = run(command);
    assertThat(fresh.status()).as(fresh.err()).isZero();
    assertThat(fresh.err()).contains("projectName=%s (-c)".formatted(name));
    assertThat(entries()).hasSize(1);
    Path entry = entries().get(0);
    byte[] kept = Files.readAllBytes(entry);
    assertThat(run(command)).isEqualTo(fresh);

    // Who reads another word where the entry has one has not asked the app.
    ObjectNode content = read(entry);
    assertThat(content.path("said")).isNotEmpty();
    ObjectNode changed = content.deepCopy();
    changed.putArray("said").add("This was kept.");
    write(entry, changed);
    assertThat(run(command)).isEqualTo(new Command.Result(0, fresh.out(), "This was kept.\n"));

    Files.write(entry, List.of("damaged"));
    assertThat(run(command)).isEqualTo(fresh);
    assertThat(Files.readAllBytes(entry)).isEqualTo(kept);

    Command.Result started =
        Command.run(
            Map.of(
                "CDK_VALIDATION",
                "false",
                "CDK_OUTDIR",
                folder.toString(),
                "TMPDIR",
                folder.toString()),
            app);
    assertThat(started.status()).as(started.err()).isZero();
    int compared = 0;
    for (Map.Entry<String, JsonNode> file : content.path("files").properties()) {
      assertThat(Files.readAllBytes(folder.resolve(file.getKey())))
          .isEqualTo(file.getValue().asText().getBytes(StandardCharsets.UTF_8));
      compared += file.getKey().endsWith(".template.json") ? 1 : 0;
    }
    assertThat(compared).isEqualTo(templates);
  }

  // KeptSynthesisTest has several at once, of an app that costs nothing.
  @Test
  @EnabledIfSystemProperty(named = "proof", matches = "true")
  void twoAtOnce() throws Exception {
    List<String> command =
        List.of("./walkthrough", "expect", "--stage", "v4_only", "-c", "projectName=" + name);
    List<CompletableFuture<Command.Result>> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      both.add(CompletableFuture.supplyAsync(() -> run(command)));
    }
    Command.Result first = both.get(0).get();
    assertThat(first.status()).as(first.err()).isZero();
    assertThat(both.get(1).get()).isEqualTo(first);
    assertThat(entries()).hasSize(1);
    assertThat(run(command)).isEqualTo(first);
  }

  /**
   * In a folder that has nothing but what is looked at for changes, the app synthesizes the same.
   * If this fails, it reads something new: colorteller.synthesis.Input needs a line for it.
   */
  @Test
  void theAppReadsNothingElse() throws Exception {
    Path bare = Files.createDirectory(folder.resolve("bare"));
    for (String path :
        List.of(
            "src/infra/target/classes",
            "src/infra/target/lib",
            "cdk.json",
            "package.json",
            "lambda/gateway-targets/target/package",
            "lambda/walkthrough-verifier/target/package",
            "src/colorteller")) {
      Files.createDirectories(bare.resolve(path).getParent());
      Files.createSymbolicLink(bare.resolve(path), Command.root().resolve(path));
    }
    // Every stack there is.
    List<String> settings =
        List.of(
            "connectionArn=arn:aws:codeconnections:us-west-2:111122223333:connection/4dacf3f2-8d5e-4d1c-b2a5-0c9a1d3e5f70",
            "repository=example/walkthrough-ipv6",
            "projectName=" + name);
    assertThat(assembly(bare, settings).templates())
        .hasSize(7)
        .isEqualTo(assembly(Command.root(), settings).templates());
  }

  private Assembly assembly(Path root, List<String> settings) {
    Path node =
        Stream.of(System.getenv("PATH").split(":"))
            .map(path -> Path.of(path, "node"))
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow();
    return new Synthesis(root, folder.resolve("kept"), node, System.getenv(), line -> {})
        .assembly(settings);
  }

  @Test
  void aRefusedSettingIsRefusedAgain() throws Exception {
    List<String> command = List.of("./walkthrough", "expect", "-c", "stge=" + name);
    Command.Result refused = run(command);
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith("context key 'stge' is unknown; did you mean stage?")
        .hasLineCount(1);
    assertThat(run(command)).isEqualTo(refused);
    assertThat(entries()).isEmpty();
  }

  private static Command.Result run(List<String> command) {
    try {
      return Command.run(Map.of(), command);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Those of this test. */
  private List<Path> entries() throws IOException {
    List<Path> ours = new ArrayList<>();
    try (Stream<Path> files = Files.list(Command.root().resolve(".tools/synthesized"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json.gz")).toList()) {
        if (read(file).toString().contains(name)) {
          ours.add(file);
        }
      }
    }
    return ours;
  }

  private static ObjectNode read(Path entry) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(entry))) {
      return (ObjectNode) JSON.readTree(in.readAllBytes());
    }
  }

  private static void write(Path entry, ObjectNode content) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(entry))) {
      JSON.writeValue(out, content);
    }
  }
}
