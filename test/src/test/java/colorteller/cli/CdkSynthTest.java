package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.review.template.TemplateSet;
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

/**
 * The real CDK CLI, and CloudFormation's own rules. The CLI synthesizes two stages, with all that
 * settings can add; the others come from the app in one process, which gives the same.
 */
class CdkSynthTest {

  private static final List<String> STAGES =
      List.of("v4_only", "v4_preferred", "v6_only", "v6_preferred", "override", "none", "custom");

  private static final String PIPELINE = "app-mesh-ipv6-pipeline.template.json";

  @TempDir Path folder;

  @Test
  void everyTemplate() throws Exception {
    Path inOneProcess = inOneProcess();
    Path pipeline = pipeline();
    Path options = everyOption();
    // What the local mesh reads is what the CDK CLI gives, byte for byte.
    assertThat(templates(inOneProcess.resolve("v4_only")))
        .hasSize(4)
        .allSatisfy(file -> same(file, pipeline));
    assertThat(meshes(inOneProcess.resolve("override")))
        .hasSize(2)
        .allSatisfy(file -> same(file, options));

    List<Path> golden = new ArrayList<>(templates(pipeline));
    for (String stage : STAGES.subList(1, STAGES.size())) {
      golden.addAll(meshes(inOneProcess.resolve(stage)));
    }
    assertThat(golden).hasSize(7 + 2 * (STAGES.size() - 1));
    List<Path> linted = new ArrayList<>(golden);
    linted.remove(pipeline.resolve(PIPELINE));
    linted.addAll(templates(options));
    List<Path> own = ownEnvoys(pipeline);
    linted.addAll(own);
    lint(linted);
    // E3703 asks for Fn::Sub, where CDK gives a deployment its role with Fn::Join.
    lint(List.of(pipeline.resolve(PIPELINE)), "E3703");
    golden.addAll(own);
    sameAsGolden(golden);
  }

  /** What backend=envoy has of its own. */
  private List<Path> ownEnvoys(Path appMesh) throws Exception {
    Path out = folder.resolve(TemplateSet.OWN_ENVOYS);
    Command.Result result =
        Command.run(
            Map.of("CDK_VALIDATION", "false", "CDK_OUTDIR", out.toString()),
            Command.java(
                "src/infra/target/classes:src/infra/target/lib/*",
                "colorteller.infra.CdkApp",
                "backend=envoy"));
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err()).contains("backend=envoy (-c)").doesNotContain("AWS ended App Mesh");
    // The documents are what App Mesh would be given.
    for (String variant : List.of("dns", "cloud")) {
      String mesh = "app-mesh-ipv6-%s-mesh".formatted(variant);
      assertThat(document(out, mesh))
          .hasSameTextualContentAs(appMesh.resolve(mesh + ".template.json"));
    }
    List<Path> all = templates(out);
    List<Path> shared =
        all.stream().filter(file -> file.toString().matches(".*-(vpc|ecs-cluster)\\..*")).toList();
    assertThat(shared).hasSize(2).allSatisfy(file -> same(file, appMesh));
    assertThat(all).hasSize(7);
    return all.stream().filter(file -> !shared.contains(file)).toList();
  }

  /** Its name is the construct's, with a hash. */
  private static Path document(Path out, String stack) throws Exception {
    String name = stack.replace("-", "") + "Document.*\\.mesh\\.json";
    try (Stream<Path> files = Files.list(out)) {
      List<Path> found = files.filter(file -> file.getFileName().toString().matches(name)).toList();
      assertThat(found).hasSize(1);
      return found.get(0);
    }
  }

  private static void same(Path file, Path folder) {
    assertThat(file).hasSameTextualContentAs(folder.resolve(file.getFileName()));
  }

  private Path inOneProcess() throws Exception {
    Path all = folder.resolve("all");
    Command.Result result =
        Command.run(
            Map.of("CDK_VALIDATION", "false", "CDK_OUTDIR", all.toString()),
            Command.java(
                "src/infra/target/classes:src/infra/target/lib/*",
                "colorteller.infra.SynthesizeStages",
                "all",
                "dns,cloud"));
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(new ObjectMapper().readTree(all.resolve("stages.json").toFile()))
        .hasSize(2 * STAGES.size());
    return all;
  }

  private Path pipeline() throws Exception {
    Path out = folder.resolve("v4_only");
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
    assertThat(result.err())
        .contains(
            "Settings: stage=v4_only (default)",
            "branch=main (default)",
            "AWS ended App Mesh on 2026-09-30")
        .doesNotContain("W3696", "WARNING");
    return out;
  }

  private Path everyOption() throws Exception {
    Path out = folder.resolve("options");
    Command.Result result =
        cdk(
            out,
            "-c",
            "stage=override",
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
        .contains(
            "Settings: stage=override (-c or another context file)",
            "natGateways=2 (-c or another context file)",
            "meshName=app-mesh-ipv6 (default)")
        .doesNotContain("W3696", "WARNING");
    assertThat(templates(out)).hasSize(6);
    return out;
  }

  /**
   * Every stack of the default stage, the mesh stacks of every stage, what backend=envoy has of its
   * own, the pipeline's.
   */
  private void sameAsGolden(List<Path> files) throws Exception {
    Map<String, String> synthesized = new TreeMap<>();
    for (Path file : files) {
      String stage =
          file.endsWith(PIPELINE) ? "pipeline" : file.getParent().getFileName().toString();
      synthesized.put(
          stage + "/" + file.getFileName(), TemplateSet.withoutHashes(Files.readString(file)));
    }
    GoldenTemplates.OURS.areThese(
        synthesized, Files.createDirectory(folder.resolve("without-hashes")));
  }

  /**
   * What a person may type, refused in one line of ours before anything is written. SettingsTest
   * has the lines; here they come through the CLI, which adds one of its own, and npx, which may
   * have anything to say.
   */
  @Test
  void refusesInOneLine() throws Exception {
    refuses("stage=v5_only", "context value stage='v5_only' is not allowed; allowed: v4_only");
    refuses("projectName=" + "a".repeat(5000), "context value projectName='aaa");
  }

  private void refuses(String context, String line) throws Exception {
    Command.Result result = cdk(folder, "-c", context);
    assertThat(result.status()).isNotZero();
    assertThat(result.err().lines().filter(said -> said.contains(line))).hasSize(1);
    assertThat(result.err().lines().filter(said -> said.contains("context ")))
        .allMatch(said -> said.startsWith(line));
    assertThat(result.err()).doesNotContain("\tat ", "Exception");
    assertThat(Files.list(folder)).isEmpty();
  }

  private static List<Path> meshes(Path out) throws Exception {
    return templates(out).stream()
        .filter(file -> file.toString().endsWith("-mesh.template.json"))
        .toList();
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
