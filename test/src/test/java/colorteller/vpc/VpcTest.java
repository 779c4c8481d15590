package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The walkthrough in a VPC on this machine, through its load balancer. */
@ExtendWith(NeedsNamespaces.class)
class VpcTest {

  private static final int STAGES = 14;
  private static final int COLORS = 6;

  @Test
  void everyStageOfBothVariants() throws Exception {
    Command.Result result = Command.walkthrough("local", "--network", "vpc", "--format", "json");
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
  void anotherTemplateNeedsLoopback() throws Exception {
    Path template = Files.createTempFile("mesh", ".yaml");
    Files.copy(
        Command.root()
            .resolve("src/control-plane/src/test/resources/testdata/in/dns-ipv4-only.yaml"),
        template,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Command.Result result =
        Command.walkthrough("local", "--network", "vpc", "--template", template.toString());
    Files.delete(template);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("--network vpc cannot be used with --template");
  }

  private static List<String> left() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.flatMap(process -> process.info().commandLine().stream())
          .filter(line -> line.contains("nsenter") || line.contains("load-balancer/bootstrap"))
          .filter(line -> line.contains(System.getProperty("java.io.tmpdir")))
          .toList();
    }
  }
}
