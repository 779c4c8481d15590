package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./walkthrough local}: real Envoys, from the templates that the CDK app synthesizes. */
class LocalTest {

  private static final Map<String, String> CAUSES =
      Map.of("disc", "service-discovery", "bind", "listener", "app", "application");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PROOF_RUNS = 20;

  @Test
  void everyStage() throws Exception {
    // The proof is that many runs in a row do not differ once.
    for (int run = 0; run < (Boolean.getBoolean("proof") ? PROOF_RUNS : 1); run++) {
      Command.Result result = Command.walkthrough("local", "--format", "json");
      assertThat(result.status()).as(result.err()).isZero();
      JsonNode runs = JSON.readTree(result.out()).path("runs");
      Map<String, List<String>> observed = new TreeMap<>();
      for (JsonNode stage : runs) {
        observed.put(
            stage.path("variant").asText() + " " + stage.path("stage").asText(), row(stage));
        checkIpv6(stage);
      }
      assertThat(observed).hasSize(14).containsAllEntriesOf(Matrix.ROWS);
    }
  }

  private static List<String> row(JsonNode stage) {
    List<String> row = new ArrayList<>();
    for (JsonNode route : stage.path("routes")) {
      String color = route.path("color").asText();
      JsonNode observed = route.path("observed");
      if (observed.path("status").asInt() == 200) {
        assertThat(observed.path("body").asText()).isEqualTo(color);
        row.add(color);
      } else {
        assertThat(observed.path("status").asInt()).isEqualTo(503);
        String cause = observed.path("cause").asText();
        assertThat(observed.path("body").asText())
            .startsWith(
                cause.equals("service-discovery")
                    ? "no healthy upstream"
                    : "upstream connect error or disconnect/reset before headers");
        row.add(
            CAUSES.entrySet().stream()
                .filter(entry -> entry.getValue().equals(cause))
                .map(entry -> color + ":" + entry.getKey())
                .findFirst()
                .orElse(color + ":" + cause));
      }
      // What requests reach, the gateway's Envoy finds healthy.
      assertThat(route.path("healthy").asBoolean())
          .isEqualTo(observed.path("status").asInt() == 200);
    }
    return row;
  }

  private static void checkIpv6(JsonNode stage) {
    for (JsonNode route : stage.path("routes")) {
      JsonNode viaIpv6 = route.path("viaIpv6");
      if (stage.path("stage").asText().equals("none")) {
        assertThat(viaIpv6.path("status").isNull()).isTrue();
        assertThat(viaIpv6.path("cause").asText()).isEqualTo("listener");
      } else {
        assertThat(viaIpv6.path("status")).isEqualTo(route.path("observed").path("status"));
        assertThat(viaIpv6.path("cause")).isEqualTo(route.path("observed").path("cause"));
      }
    }
  }

  @Test
  void aCustomStage() throws Exception {
    Command.Result result =
        Command.walkthrough(
            "local",
            "--variant",
            "dns",
            "--stage",
            "custom",
            "-c",
            "mesh=none",
            "-c",
            "yellow=IPv6_PREFERRED",
            "-c",
            "green=IPv4_ONLY",
            "-c",
            "purple=IPv6_ONLY");
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err()).contains("mesh=none (-c)", "custom={").doesNotContain("\tat ");
    assertThat(result.out().lines().toList().get(1))
        .containsPattern("custom +no preference +red +orange +yellow +green +listener +purple");
    // Colour is for terminals.
    assertThat(result.out()).doesNotContain("\u001B");
  }

  @Test
  void someonesOwnTemplate(@TempDir Path folder) throws Exception {
    Path template =
        Command.root()
            .resolve("src/control-plane/src/test/resources/testdata/in/router-and-backends.yaml");
    Path workloads =
        Files.writeString(folder.resolve("workloads.yaml"), "red: {application: ipv6}\n");
    Command.Result result =
        Command.walkthrough(
            "local",
            "--template",
            template.toString(),
            "--workloads",
            workloads.toString(),
            "--format",
            "json");
    assertThat(result.status()).as(result.err()).isZero();
    JsonNode run = JSON.readTree(result.out()).path("runs").path(0);
    assertThat(run.path("variant").isNull()).isTrue();
    assertThat(run.path("stage").isNull()).isTrue();
    Map<String, String> observed = new TreeMap<>();
    run.path("routes")
        .forEach(
            r ->
                observed.put(r.path("path").asText(), r.path("observed").path("outcome").asText()));
    assertThat(observed)
        .isEqualTo(
            Map.of(
                "/red", "error", "/", "error", "/blue", "blue", "/re", "error", "/blu", "error"));
  }

  @Test
  void expectIsTheSameWithoutEnvoy() throws Exception {
    Command.Result result =
        Command.walkthrough("expect", "--variant", "cloud", "--stage", "v6_only");
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out().lines().toList().get(1))
        .containsPattern(
            "v6_only +IPv6_ONLY +discovery +discovery +discovery +application +blue +purple +the same");
  }

  @Test
  void config() throws Exception {
    Command.Result result =
        Command.walkthrough(
            "config", "--variant", "cloud", "--stage", "v4_only", "--proxy", "colorgateway-vg");
    assertThat(result.status()).as(result.err()).isZero();
    JsonNode json = JSON.readTree(result.out());
    assertThat(json.at("/listeners/0/address/socket_address/address").asText()).isEqualTo("::");
    assertThat(json.path("endpoints").toString()).contains("192.0.2.").doesNotContain("2001:db8");
  }
}
