package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.review.template.TemplateSet;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real CDK CLI, and CloudFormation's own rules. */
class CdkSynthTest {

  private static final List<String> STAGES =
      List.of("v4_only", "v4_preferred", "v6_only", "v6_preferred", "override", "none", "custom");

  private static final String PIPELINE = "app-mesh-ipv6-pipeline.template.json";

  @TempDir Path folder;

  @Test
  void everyTemplate() throws Exception {
    List<Path> templates = new ArrayList<>();
    for (String stage : STAGES) {
      Path out = folder.resolve(stage);
      Command.Result result = cdk(out, "-c", "stage=" + stage);
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(result.err())
          .contains("Settings: stage=" + stage, "AWS ended App Mesh on 2026-09-30")
          .doesNotContain("W3696", "WARNING");
      templates.addAll(templates(out));
    }
    assertThat(templates).hasSize(STAGES.size() * 6);
    lint(templates);
    sameAsInOneProcess();
    pipeline();
    sameAsGolden();
  }

  private void pipeline() throws Exception {
    Path out = folder.resolve("pipeline");
    Command.Result result =
        cdk(
            out,
            "-c",
            "connectionArn=arn:aws:codeconnections:us-west-2:111122223333:connection/4dacf3f2-8d5e-4d1c-b2a5-0c9a1d3e5f70",
            "-c",
            "repository=example/walkthrough-ipv6",
            "-c",
            "notificationsTopicArn=arn:aws:sns:us-west-2:111122223333:builds");
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err()).contains("branch=main (default)").doesNotContain("WARNING");
    // E3703 asks for Fn::Sub, where CDK gives a deployment its role with Fn::Join.
    lint(List.of(out.resolve(PIPELINE)), "E3703");
  }

  /** Every stack of the default stage, the mesh stacks of every stage, the pipeline's. */
  private void sameAsGolden() throws Exception {
    Map<String, String> synthesized = new TreeMap<>();
    for (String stage : STAGES) {
      for (Path file : templates(folder.resolve(stage))) {
        if (file.toString().endsWith("-mesh.template.json") || stage.equals(STAGES.get(0))) {
          put(synthesized, file);
        }
      }
    }
    put(synthesized, folder.resolve("pipeline").resolve(PIPELINE));
    assertThat(synthesized).hasSize(6 + 2 * (STAGES.size() - 1) + 1);
    GoldenTemplates.OURS.areThese(
        synthesized, Files.createDirectory(folder.resolve("without-hashes")));
  }

  private void put(Map<String, String> synthesized, Path file) throws Exception {
    synthesized.put(
        folder.relativize(file).toString(), TemplateSet.withoutHashes(Files.readString(file)));
  }

  /** What the local mesh reads is what the CDK CLI gives, byte for byte. */
  private void sameAsInOneProcess() throws Exception {
    Path all = folder.resolve("all");
    Command.Result result =
        Command.run(
            Map.of("CDK_VALIDATION", "false", "CDK_OUTDIR", all.toString()),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                "src/infra/target/classes:src/infra/target/lib/*",
                "colorteller.infra.SynthesizeStages",
                "all",
                "dns,cloud"));
    assertThat(result.status()).as(result.err()).isZero();
    JsonNode index = new ObjectMapper().readTree(all.resolve("stages.json").toFile());
    assertThat(index).hasSize(2 * STAGES.size());
    for (JsonNode stage : index) {
      for (String kind : List.of("meshTemplate", "serviceTemplate")) {
        String file = stage.path(kind).asText();
        assertThat(all.resolve(file)).hasSameTextualContentAs(folder.resolve(file));
      }
    }
  }

  @Test
  void everyOption() throws Exception {
    Command.Result result =
        cdk(
            folder.resolve("options"),
            "-c",
            "natGateways=2",
            "-c",
            "flowLogs=true",
            "-c",
            "envoyMetrics=true",
            "-c",
            "accessLogsBucket=my-logs",
            "-c",
            "keyPairName=me",
            "-c",
            "sshCidr=2001:db8::/64");
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err())
        .contains("natGateways=2 (-c or another context file)", "meshName=app-mesh-ipv6 (default)");
    lint(templates(folder.resolve("options")));
  }

  /** What a person may type, each refused in one line of ours before anything is written. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stage=v5_only   | context value stage='v5_only' is not allowed; allowed: v4_only, v4_preferred",
        "stge=v6_only    | context key 'stge' is unknown; did you mean stage?",
        "nat-gateways=2  | context key 'nat-gateways' is unknown; did you mean natGateways?",
        "red=IPv6_ONLY   | context key 'red' is for a custom stage, but stage is 'v4_only'",
        "repository=a/b  | context key 'repository' is given without 'connectionArn'; give both for the pipeline",
        "sshCidr=::/0    | context value sshCidr='::/0' is not allowed"
      })
  void refusesInOneLine(String context, String line) throws Exception {
    refuses(context, line);
  }

  @Test
  void refusesAVeryLongName() throws Exception {
    refuses("projectName=" + "a".repeat(5000), "context value projectName='aaa");
  }

  private void refuses(String context, String line) throws Exception {
    Command.Result result = cdk(folder, "-c", context);
    assertThat(result.status()).isNotZero();
    assertThat(result.err().lines().filter(said -> said.contains(line))).hasSize(1);
    // The CDK CLI adds a line of its own.
    assertThat(result.err().lines().filter(said -> !said.isBlank())).hasSizeLessThanOrEqualTo(2);
    assertThat(result.err()).doesNotContain("\tat ", "Exception");
    assertThat(Files.list(folder)).isEmpty();
  }

  private static List<Path> templates(Path out) throws Exception {
    try (Stream<Path> files = Files.list(out)) {
      return files.filter(file -> file.toString().endsWith(".template.json")).sorted().toList();
    }
  }

  /** With CloudFormation's own schemas. */
  private static void lint(List<Path> templates, String... ignored) throws Exception {
    // W3696 says that AWS has ended App Mesh, as the README does; W3005, that CDK lets a function
    // wait for its role twice.
    List<String> command =
        new ArrayList<>(List.of(".tools/cfn-lint", "--ignore-checks", "W3696", "W3005"));
    command.addAll(List.of(ignored));
    command.add("--");
    // What is the same in every stage is read once.
    Map<String, Path> distinct = new TreeMap<>();
    for (Path template : templates) {
      distinct.put(Files.readString(template), template);
    }
    distinct.values().forEach(template -> command.add(template.toString()));
    Command.Result linted = Command.run(Map.of(), command);
    assertThat(linted.status()).as(linted.out()).isZero();
  }

  private static Command.Result cdk(Path out, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("npx", "cdk", "synth", "-q", "-o", out.toString()));
    command.addAll(List.of(arguments));
    return Command.run(Map.of(), command);
  }
}
