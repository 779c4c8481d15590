package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The walkthrough in a VPC on this machine, through its load balancer. */
@ExtendWith(NeedsNamespaces.class)
class VpcTest {

  private static final int STAGES = 14;
  private static final int COLORS = 6;

  private static final int PROOF_RUNS = 20;

  /** A part of the command line of each Envoy of this run, and of no other. */
  @TempDir Path temporary;

  @Test
  void everyStageOfBothVariants() throws Exception {
    // The proof is that many runs in a row do not differ once.
    for (int run = 0; run < (Boolean.getBoolean("proof") ? PROOF_RUNS : 1); run++) {
      everyStage();
    }
  }

  /** {@link OwnEnvoysTest} has a few of them. */
  @Test
  @EnabledIfSystemProperty(named = "proof", matches = "true")
  void everyStageOfBothVariantsWithAControlPlaneOfOurOwn() throws Exception {
    everyStage("-c", "backend=envoy");
  }

  private void everyStage(String... more) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("./walkthrough", "local", "--network", "vpc", "--format", "json"));
    command.addAll(List.of(more));
    Command.Result result = Command.run(Map.of("TMPDIR", temporary.toString()), command);
    assertThat(result.status()).as(result.out() + result.err()).isZero();
    JsonNode runs = new ObjectMapper().readTree(result.out()).path("runs");
    assertThat(runs).hasSize(STAGES);
    for (JsonNode run : runs) {
      assertThat(run.path("routes")).hasSize(COLORS);
      for (JsonNode route : run.path("routes")) {
        assertThat(route.path("matches").asBoolean()).as(route.toString()).isTrue();
        assertThat(route.path("observed").path("outcome").asText())
            .isEqualTo(route.path("expected").path("outcome").asText());
        assertThat(route.at("/viaIpv6/outcome").asText())
            .isEqualTo(route.at("/viaIpv6/expected/outcome").asText());
      }
    }
    assertThat(left()).as("processes of the VPC").isEmpty();
  }

  @Test
  void aFailingStartLeavesNothing() throws Exception {
    Path fake =
        Files.writeString(temporary.resolve("envoy"), "#!/bin/sh\necho no such luck\nexit 7\n");
    assertThat(fake.toFile().setExecutable(true)).isTrue();
    Command.Result result =
        Command.run(
            Map.of("TMPDIR", temporary.toString(), "ENVOY", fake.toString()),
            List.of("./walkthrough", "local", "--network", "vpc", "--stage", "v4_only"));
    assertThat(result.status()).isOne();
    assertThat(result.err())
        .contains("ended with status 7. It said last: no such luck")
        .doesNotContain("\tat ");
    assertThat(left()).isEmpty();
    assertThat(temporary).isDirectoryNotContaining("glob:**/walkthrough-*");
  }

  @Test
  void endingWhileItStartsLeavesNothing() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("./walkthrough", "local", "--network", "vpc", "--stage", "v4_only")
            .directory(Command.root().toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("TMPDIR", temporary.toString());
    Process process = builder.start();
    VpcUpTest.await(() -> left().size() > 2);
    // As Ctrl-C does: Java ends by its hooks.
    process.destroy();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    VpcUpTest.await(() -> left().isEmpty());
    assertThat(temporary).isDirectoryNotContaining("glob:**/walkthrough-*");
  }

  @Test
  void anotherTemplateNeedsLoopback() throws Exception {
    Command.Result result =
        Command.walkthrough(
            "local",
            "--network",
            "vpc",
            "--template",
            "src/control-plane/src/test/resources/testdata/in/dns-ipv4-only.yaml");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("--network vpc cannot be used with --template");
  }

  private List<String> left() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.flatMap(process -> process.info().commandLine().stream())
          .filter(line -> line.contains(temporary.toString()))
          .toList();
    }
  }
}
