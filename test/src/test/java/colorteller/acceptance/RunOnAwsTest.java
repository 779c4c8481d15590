package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code test/aws/run} calls in which order, against commands that only say yes or no. */
class RunOnAwsTest {

  private static final Path GOLDEN = Path.of("test/src/test/resources/aws");

  /** Writes down how it is called, fails where it is told to, and answers what is asked for. */
  private static final String STUB =
      """
      #!/usr/bin/env bash
      call="${0##*/} $*"
      echo "$call" >> "$FOLDER/calls"
      if [[ -n $FAILS && $call =~ $FAILS ]]; then exit 1; fi
      if [[ -n $WAITS && $call =~ $WAITS ]]; then touch "$FOLDER/waits"; exec sleep 60; fi
      case $call in
        walkthrough\\ expect*)
          echo '{"runs": [{"routes": [
            {"path": "/red", "color": "red", "expected": {"outcome": "red"}},
            {"path": "/green", "color": "green", "expected": {"outcome": "error"}}]}]}' ;;
        aws\\ cloudformation\\ describe-stacks\\ --stack-name*)
          echo '{"Stacks": [{"Outputs": [{"OutputKey": "ColorAppEndpoint", "OutputValue": "'$ENDPOINT'"}]}]}' ;;
        aws\\ cloudformation*)
          name=$(grep -o 'try-[0-9a-f]*' "$FOLDER/calls" | tail -1)
          echo '{"Stacks": [{"StackName": "CDKToolkit"}'${STAYS:+", {\\"StackName\\": \\"$name-vpc\\"}"}']}' ;;
        aws\\ ecs\\ list-services*)
          name=${call#*--cluster }; name=${name%% *}
          echo '{"serviceArns": ["arn:aws:ecs:::service/c/'$name'-dns-ecs-service-colortellerredService1",
            "arn:aws:ecs:::service/c/'$name'-cloud-ecs-service-colorgatewayService1",
            "arn:aws:ecs:::service/c/'$name'-control-plane-ControlPlaneService1"]}' ;;
        aws\\ ecs\\ update-service*) echo '"ecs-svc/2"' ;;
        aws\\ ecs\\ describe-services*) if [[ -n $ROLLS_BACK && $call =~ $ROLLS_BACK ]]; then echo '"ecs-svc/1"'; else echo '"ecs-svc/2"'; fi ;;
        aws*) echo '{"Parameters": [], "logGroups": [], "clusterArns": ["arn:aws:ecs:::cluster/others"],
            "Namespaces": [], "Functions": [], "Vpcs": [], "TargetGroups": []}' ;;
      esac
      """;

  /** Python itself: what leads to it may put other programs before those of PATH. */
  private static String python;

  /** Whoever starts the tests in the background of a script lets all of them ignore it. */
  private static final String HEARS_CTRL_C =
      "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])";

  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeAll
  static void findPython() throws Exception {
    python =
        Command.run(Map.of(), List.of("python3", "-c", "import sys; print(sys.executable)"))
            .out()
            .strip();
  }

  @BeforeEach
  void prepare() throws Exception {
    Path script = Files.createDirectories(folder.resolve("test/aws")).resolve("run");
    String text = Files.readString(Path.of("test/aws/run"));
    assertThat(text).contains("AROUND_SECONDS = 10\n");
    write(script, text.replace("AROUND_SECONDS = 10\n", "AROUND_SECONDS = 0.5\n"));
    write(folder.resolve("walkthrough"), STUB);
    Path bin = Files.createDirectory(folder.resolve("bin"));
    write(bin.resolve("aws"), STUB);
    write(bin.resolve("npx"), STUB);
    environment.put("FOLDER", folder.toString());
    environment.put("PATH", bin + ":" + System.getenv("PATH"));
    environment.put("FAILS", "^$");
    environment.put("WAITS", "^$");
    environment.put("ROLLS_BACK", "");
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void deploysVerifiesReplacesAndRemoves() throws Exception {
    try (HttpStub gateway = gateway()) {
      Command.Result result = run(gateway, "--yes");
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(result.err())
          .contains("Nobody has run it on AWS before", "It is the first to try there");
      sameAsGolden("calls.txt", calls());
      sameAsGolden(
          "report.md",
          withoutName(result.out())
              .replaceAll("in \\d+ min", "in N min")
              .replaceAll("\\d+ s ", "N s ")
              .replaceAll("(Service1) \\| \\d+", "$1 | N"));
    }
  }

  @Test
  void whatDiffersIsReportedAndTheRestGoesOn() throws Exception {
    try (HttpStub gateway =
        new HttpStub((request, body) -> new HttpStub.Answer(200, Map.of(), "red"))) {
      environment.put("FAILS", "^walkthrough verify --variant cloud");
      Command.Result result = run(gateway, "--yes");
      assertThat(result.status()).isOne();
      assertThat(result.out().lines().filter(line -> line.contains("does not hold"))).hasSize(7);
      // Green was to give an error.
      assertThat(result.out())
          .containsPattern(
              "colorgatewayService1 \\| \\d+ \\| \\*\\*\\d+\\*\\*: \\d+ /green: 'red'");
      assertThat(calls()).contains("npx cdk destroy --all");
    }
  }

  @Test
  void aDeploymentThatEcsRollsBackIsNamed() throws Exception {
    try (HttpStub gateway = gateway()) {
      environment.put("ROLLS_BACK", "colorteller");
      Command.Result result = run(gateway, "--yes");
      assertThat(result.status()).isOne();
      assertThat(withoutName(result.out()).lines().filter(line -> line.contains("Not replaced")))
          .singleElement()
          .asString()
          .contains("try-NAME-dns-ecs-service-colortellerredService1");
    }
  }

  @Test
  void aFailedDeploymentIsRemoved() throws Exception {
    environment.put("FAILS", "^npx cdk deploy");
    Command.Result result = run("--yes");
    assertThat(result.status()).isOne();
    assertThat(result.out())
        .contains("**Stopped:** npx cdk deploy --all")
        .contains("Everything was removed");
    assertThat(calls().lines().filter(call -> call.startsWith("npx")).toList())
        .hasSize(2)
        .last()
        .asString()
        .startsWith("npx cdk destroy --all --force -c backend=envoy");
  }

  @Test
  void whatCannotBeRemovedIsNamed() throws Exception {
    environment.put("FAILS", "^npx cdk (deploy|destroy)");
    Command.Result result = run("--yes");
    assertThat(result.status()).isOne();
    assertThat(result.out())
        .contains(
            "**npx cdk destroy ended with 1**; run it again: npx cdk destroy --all -c backend=envoy");
    environment.put("FAILS", "^npx cdk deploy");
    environment.put("STAYS", "yes");
    assertThat(withoutName(run("--yes").out()))
        .contains("**Stayed:** stack try-NAME-vpc")
        .doesNotContain("Everything was removed");
    environment.put("FAILS", "^npx cdk deploy|^aws");
    assertThat(run("--yes").out()).contains("**It is not known what stayed** (aws cloudformation");
  }

  @Test
  void ctrlCRemovesEverything() throws Exception {
    environment.put("WAITS", "^npx cdk deploy");
    ProcessBuilder builder =
        new ProcessBuilder(
                python,
                "-c",
                HEARS_CTRL_C,
                python,
                folder.resolve("test/aws/run").toString(),
                "--yes")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!Files.exists(folder.resolve("waits"))) {
        assertThat(System.nanoTime()).as("npx is called").isLessThan(deadline);
        TimeUnit.MILLISECONDS.sleep(20);
      }
      // A terminal sends it to both.
      List<ProcessHandle> children = process.descendants().toList();
      assertThat(
              Command.run(Map.of(), List.of("kill", "-INT", Long.toString(process.pid()))).status())
          .isZero();
      children.forEach(ProcessHandle::destroy);
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isOne();
    assertThat(Files.readString(folder.resolve("out"))).contains("**Stopped** by Ctrl-C.");
    assertThat(calls()).contains("npx cdk destroy --all");
  }

  @Test
  void deploysNothingWithoutAYes() throws Exception {
    assertThat(run().status()).isEqualTo(2);
    assertThat(calls()).doesNotContain("npx");
    assertThat(run("--no").status()).isEqualTo(2);
    environment.put("FAILS", "^walkthrough preflight");
    assertThat(run("--yes").status()).isEqualTo(3);
    assertThat(calls()).doesNotContain("npx");
  }

  /** What the stage says: red answers, green's application does not. */
  private static HttpStub gateway() throws IOException {
    return new HttpStub(
        (request, body) ->
            request.getRequestURI().getPath().equals("/red")
                ? new HttpStub.Answer(200, Map.of(), "red")
                : new HttpStub.Answer(503, Map.of(), "upstream connect error"));
  }

  private Command.Result run(HttpStub gateway, String... options) throws Exception {
    environment.put("ENDPOINT", gateway.endpoint());
    return run(options);
  }

  private Command.Result run(String... options) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(python, folder.resolve("test/aws/run").toString()));
    command.addAll(List.of(options));
    return Command.run(environment, command);
  }

  private String calls() throws IOException {
    return withoutName(Files.readString(folder.resolve("calls")));
  }

  private static String withoutName(String text) {
    return text.replaceAll("try-[0-9a-f]{6}", "try-NAME");
  }

  private static void sameAsGolden(String name, String text) throws IOException {
    Path golden = GOLDEN.resolve(name);
    if (Boolean.getBoolean("update-golden")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(golden, text);
    }
    assertThat(text).isEqualTo(Files.readString(golden));
  }
}
