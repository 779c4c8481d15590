package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code explain} says of requests to one mesh: {@code NAME.args} has the arguments, {@code
 * NAME.txt} and {@code NAME.json} what is printed; {@code mvn verify -Dupdate-golden=true} rewrites
 * those.
 */
class ExplainTest {

  private static final Path DATA = Command.root().resolve("test/src/test/resources/explain");

  static Stream<String> requests() throws IOException {
    try (Stream<Path> files = Files.list(DATA)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".args"))
          .map(name -> name.replace(".args", ""))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void requests(String name) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "explain",
                "--template",
                DATA.resolve("shop.yaml").toString(),
                "--workloads",
                DATA.resolve("workloads.yaml").toString()));
    arguments.addAll(List.of(Files.readString(DATA.resolve(name + ".args")).strip().split(" ")));
    same(DATA.resolve(name + ".txt"), arguments);
    arguments.addAll(List.of("--format", "json"));
    same(DATA.resolve(name + ".json"), arguments);
  }

  static void same(Path golden, List<String> arguments) throws IOException {
    Command.Result result = InThisProcess.walkthrough(arguments.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    String printed = result.out().replace(golden.getParent() + "/", "");
    if (Boolean.getBoolean("update-golden")) {
      Files.writeString(golden, printed);
    }
    assertThat(printed).isEqualTo(Files.readString(golden));
  }

  /** As who has never set ENVOY: the command finds the Envoy that it installs. */
  @Test
  void realEnvoysDoWhatIsExplained() throws Exception {
    Command.Result result =
        Command.run(
            Map.of("ENVOY", ""),
            List.of(
                "./walkthrough",
                "explain",
                "--template",
                DATA.resolve("shop.yaml").toString(),
                "--method",
                "HEAD",
                "--header",
                "x-stage=beta",
                "--header",
                "Host=eu.orders.example",
                "--check",
                "http://front-door/7"));
    assertThat(result.status()).as(result.err()).isEqualTo(ExitStatus.AS_EXPECTED);
    assertThat(result.out())
        .contains(
            "Real Envoys, via IPv4: orders-v2, as expected",
            "Real Envoys, via IPv6: orders-v2, as expected");
  }

  /** App Mesh allows names of virtual services that are no host names. */
  @Test
  void aServiceWithAnUnderscore(@TempDir Path folder) throws IOException {
    Path template = folder.resolve("shop.yaml");
    String shop = Files.readString(DATA.resolve("shop.yaml"));
    Files.writeString(template, shop.replace("stock.shop.local", "stock_room.shop.local"));
    Command.Result result =
        InThisProcess.walkthrough(
            "explain",
            "--template",
            template.toString(),
            "--from",
            "orders-v1",
            "http://stock_room.shop.local:9000/shop.Stock/Reserve");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("virtual service   stock_room.shop.local");
  }

  /** The share of a node that is elsewhere is nobody else's. */
  @Test
  void aTargetThatIsElsewhereKeepsItsShare() {
    Command.Result result =
        InThisProcess.walkthrough(
            "explain",
            "--template",
            DATA.resolve("elsewhere.yaml").toString(),
            "--from",
            "client",
            "--check",
            "http://shared.local:8080/");
    assertThat(result.status()).as(result.out()).isEqualTo(ExitStatus.AS_EXPECTED);
    assertThat(result.out())
        .contains(
            "virtual node      here (elsewhere.yaml: Here), 25 %: found by",
            "virtual node      far, 75 %: elsewhere, not in these templates",
            "Expected: discovery\n");
  }
}
