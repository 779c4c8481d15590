package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is lost, and nothing is left running. */
@ExtendWith(OneUp.class)
class ProcessesTest {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Where a run puts its temporary files, so that another run's are not counted. */
  @TempDir Path temporary;

  @TempDir Path output;

  @Test
  void aKilledEnvoyIsNamed() throws Exception {
    Process process = start("local", "--variant", "dns");
    List<String> said = new ArrayList<>();
    try (BufferedReader lines = process.errorReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
        if (line.endsWith(": v6_only")) {
          envoys(process).get(3).destroyForcibly();
        }
      }
    }
    assertThat(process.waitFor()).isOne();
    assertThat(said.get(said.size() - 1))
        .matches("The Envoy of mesh/app-mesh-ipv6-dns-mesh/virtual.* ended with status 137\\..*");
    assertThat(String.join("\n", said)).doesNotContain("\tat ");
    // What was observed before is reported.
    assertThat(Files.readString(output.resolve("out")))
        .contains("v4_only", "v4_preferred")
        .doesNotContain("override");
    nothingIsLeft(process);
  }

  @Test
  void upSwitchesAndEnds() throws Exception {
    ProcessBuilder up = builder("up", "--open");
    // The desktop's own way to open a page.
    Path opened = output.resolve("opened");
    Path desktop = Files.createDirectory(output.resolve("bin"));
    for (String name : List.of("xdg-open", "open")) {
      Path opener = desktop.resolve(name);
      Files.writeString(opener, "#!/bin/sh\necho \"$1\" > '%s'\n".formatted(opened));
      assertThat(opener.toFile().setExecutable(true)).isTrue();
    }
    up.environment().merge("PATH", desktop + ":", (path, more) -> more + path);
    String upJson;
    // As on a terminal; what switch writes follows its own output.
    up.environment().put("JDK_JAVA_OPTIONS", "-Dpicocli.ansi=true");
    Process process = start(up, System.getenv("ENVOY"));
    try {
      String out = awaitOutput(process, "Ctrl-C to end");
      Matcher urls =
          Pattern.compile("colorgateway-vg  (http://127.0.0.1:\\d+)  (http://\\[::1]:\\d+)")
              .matcher(out);
      assertThat(urls.find()).isTrue();
      assertThat(get(urls.group(1) + "/red")).isEqualTo("200 red");
      assertThat(get(urls.group(2) + "/red")).isEqualTo("200 red");
      assertThat(get(urls.group(1) + "/purple")).startsWith("503 upstream connect error");
      Matcher admin = Pattern.compile("colorgateway-vg  (http://127.0.0.1:\\d+)\n").matcher(out);
      assertThat(admin.find()).isTrue();
      assertThat(get(admin.group(1) + "/stats?filter=health_check.healthy"))
          .contains("colorteller-red-vn_http_9080.health_check.healthy: 1");

      Matcher page = Pattern.compile("Page: (http://127.0.0.1:\\d+/)\n").matcher(out);
      assertThat(page.find()).isTrue();
      assertThat(get(page.group(1))).contains("data-path=\"/red\" ", "name=\"token\"");
      assertThat(Files.getPosixFilePermissions(Command.root().resolve(".tools/up.json")))
          .containsExactlyInAnyOrder(
              PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
      upJson = Files.readString(Command.root().resolve(".tools/up.json"));
      await("the page is opened", () -> Files.exists(opened) && Files.size(opened) > 0);
      assertThat(Files.readString(opened)).isEqualTo(page.group(1) + "\n");

      Command.Result second = Command.walkthrough("up");
      assertThat(second.status()).isEqualTo(2);
      assertThat(second.err()).contains("A mesh is already up");

      Command.Result wrong = Command.walkthrough("switch", "v5_only");
      assertThat(wrong.status()).isEqualTo(2);
      assertThat(wrong.err()).contains("'v5_only' is not allowed; allowed are v4_only");

      Command.Result switched = Command.walkthrough("switch", "v6_only");
      assertThat(switched.status()).as(switched.err()).isZero();
      assertThat(switched.out())
          .containsPattern("v6_only +IPv6_ONLY +discovery +discovery +discovery +application")
          .doesNotContain("\u001B");
      assertThat(out).contains("\u001B");
      assertThat(get(urls.group(1) + "/purple")).isEqualTo("200 purple");
      assertThat(get(urls.group(1) + "/red")).isEqualTo("503 no healthy upstream");

      ProxiesGolden.same("up", 0);

      process.getOutputStream().write("v4_only\n".getBytes());
      process.getOutputStream().flush();
      awaitOutput(process, "switched in", 2);
      assertThat(get(urls.group(1) + "/red")).isEqualTo("200 red");
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    nothingIsLeft(process);
    // One that is killed leaves its file behind.
    Path left = Files.writeString(Command.root().resolve(".tools/up.json"), upJson);
    Command.Result none = Command.walkthrough("switch", "v4_only");
    assertThat(left).doesNotExist();
    assertThat(none.status()).isEqualTo(2);
    assertThat(none.out()).isEmpty();
    assertThat(none.err())
        .isEqualTo("No mesh is up; start one in another terminal: ./walkthrough up\n");
  }

  @Test
  void aFailingStartLeavesNothing() throws Exception {
    Path fake =
        Files.writeString(
            output.resolve("envoy"),
            """
            #!/bin/sh
            echo no such luck
            echo '[2026-01-02 03:04:05.678][9][warning][misc] [source/common/common/random.cc:1] unrelated'
            exit 7
            """);
    assertThat(fake.toFile().setExecutable(true)).isTrue();
    Process process = start(builder("local", "--stage", "v4_only"), fake.toString());
    String said;
    try (BufferedReader lines = process.errorReader()) {
      said = String.join("\n", lines.lines().toList());
    }
    assertThat(process.waitFor()).isOne();
    assertThat(said)
        .contains("ended with status 7. It said last: no such luck")
        .doesNotContain("\tat ");
    nothingIsLeft(process);
  }

  @Test
  void noEnvoyIsStatus3() throws Exception {
    Command.Result result =
        Command.run(Map.of("ENVOY", "/nowhere/envoy"), List.of("./walkthrough", "local"));
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("ENVOY is '/nowhere/envoy'").doesNotContain("\tat ");
  }

  @Test
  void endingDuringSynthesisLeavesNothing() throws Exception {
    // With settings for which nothing is kept.
    Process process = start("local", "-c", "projectName=e" + System.nanoTime() % 1_000_000);
    await(
        "the CDK starts",
        () ->
            process
                .descendants()
                .anyMatch(p -> p.info().commandLine().orElse("").contains("jsii-runtime")));
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    await("children end", () -> children.stream().noneMatch(ProcessHandle::isAlive));
    nothingIsLeft(process);
  }

  private Process start(String... arguments) throws IOException {
    return start(builder(arguments), System.getenv("ENVOY"));
  }

  private ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>(List.of("./walkthrough"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }

  private Process start(ProcessBuilder builder, String envoy) throws IOException {
    builder.directory(Command.root().toFile()).redirectOutput(output.resolve("out").toFile());
    builder.environment().put("TMPDIR", temporary.toString());
    builder.environment().put("ENVOY", envoy);
    return builder.start();
  }

  private static List<ProcessHandle> envoys(Process process) {
    return process.descendants().filter(child -> command(child).contains("envoy")).toList();
  }

  private static String command(ProcessHandle process) {
    return process.info().command().orElse("");
  }

  private String awaitOutput(Process process, String text) throws Exception {
    return awaitOutput(process, text, 1);
  }

  private String awaitOutput(Process process, String text, int times) throws Exception {
    Path file = output.resolve("out");
    await(
        "'%s' is printed %d times".formatted(text, times),
        () ->
            !process.isAlive()
                || Files.readString(file).split(Pattern.quote(text), -1).length > times);
    assertThat(process.isAlive()).isTrue();
    return Files.readString(file);
  }

  private static String get(String uri) throws Exception {
    try {
      var response =
          CLIENT.send(
              HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(10)).build(),
              BodyHandlers.ofString());
      return response.statusCode() + " " + response.body();
    } catch (ConnectException e) {
      return "refused";
    }
  }

  private void nothingIsLeft(Process process) throws IOException {
    assertThat(process.descendants().filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(
            ProcessHandle.allProcesses()
                .filter(p -> p.info().commandLine().orElse("").contains(temporary.toString())))
        .isEmpty();
    try (Stream<Path> files = Files.list(temporary)) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("walkthrough-")))
          .isEmpty();
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        Assertions.fail("not within 60 s: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
