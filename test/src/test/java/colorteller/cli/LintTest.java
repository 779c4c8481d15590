package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.mesh.lint.LintRule;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A mesh for each rule of {@code lint}, in which it finds something and no other rule does: {@code
 * RULE.yaml}, perhaps {@code RULE.workloads.yaml}, and {@code RULE.txt}, what is printed; {@code
 * mvn verify -Dupdate-golden=true} rewrites that.
 */
class LintTest {

  private static final Path DATA = Command.root().resolve("test/src/test/resources/lint");

  @ParameterizedTest
  @EnumSource
  void rule(LintRule rule) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("lint", "--template", DATA.resolve(rule.id() + ".yaml").toString()));
    Path workloads = DATA.resolve(rule.id() + ".workloads.yaml");
    if (Files.exists(workloads)) {
      arguments.addAll(List.of("--workloads", workloads.toString()));
    }
    ExplainTest.same(DATA.resolve(rule.id() + ".txt"), arguments);
    arguments.addAll(List.of("--format", "json"));
    Command.Result result = InThisProcess.walkthrough(arguments.toArray(String[]::new));
    assertThat(result.status()).isEqualTo(ExitStatus.DIFFERS);
    JsonNode findings = new ObjectMapper().readTree(result.out()).path("findings");
    assertThat(findings).isNotEmpty();
    assertThat(findings).allMatch(finding -> finding.path("rule").asText().equals(rule.id()));
  }

  @Test
  void nothingIsFoundWhereNothingIsWrong() {
    Command.Result result =
        InThisProcess.walkthrough(
            "lint",
            "--template",
            Command.root().resolve("test/src/test/resources/explain/shop.yaml").toString());
    assertThat(result.status()).isEqualTo(ExitStatus.AS_EXPECTED);
    assertThat(result.out()).isEqualTo("Nothing found.\n");
  }

  @Test
  void whereNoRouteCanTakeARequestExpectLeadsToLint() {
    Command.Result result =
        InThisProcess.walkthrough(
            "expect", "--template", DATA.resolve("route-never-matches.yaml").toString());
    assertThat(result.status()).isEqualTo(ExitStatus.AS_EXPECTED);
    assertThat(result.out())
        .isEqualTo(
            "mesh m: no request reaches a route in it, because no gateway and no node sends one, or"
                + " no route can take one; give the templates of those that send, too, or see"
                + " lint\n");
  }

  @Test
  void whatCannotBeReadIsNoFinding() {
    Command.Result result =
        InThisProcess.walkthrough(
            "lint", "--format", "json", "--template", DATA.resolve("nowhere.yaml").toString());
    assertThat(result.status()).isEqualTo(ExitStatus.UNUSABLE_INPUT);
    assertThat(result.out()).isEmpty();
  }
}
