package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PipelineTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void onlyWithASource() {
    assertThat(Synthesized.stage(Stage.V4_ONLY)).hasSize(6);
    assertThat(Synthesized.context(Synthesized.PIPELINE))
        .hasSize(7)
        .containsAllEntriesOf(Synthesized.stage(Stage.V4_ONLY));
  }

  @Test
  void whatItDoesInWhichOrder() {
    assertThat(actions(template(Synthesized.PIPELINE)))
        .containsExactly(
            "Source: 1 Source",
            // Before anything is deployed, the pipeline itself included.
            "Build: 1 Test",
            "Build: 2 Synth",
            "UpdatePipeline: 1 SelfMutate",
            "Assets: 1 ColortellerImage",
            "Assets: 1 GatewayTargets_Function_Function_Code",
            "Assets: 1 Verifier_Function_Function_Code",
            "Shared: 2 app-mesh-ipv6-vpc.Deploy",
            "Shared: 4 app-mesh-ipv6-ecs-cluster.Deploy",
            "v4_only: 2 v4_only-dns.app-mesh-ipv6-dns-mesh.Deploy",
            "v4_only: 2 v4_only-cloud.app-mesh-ipv6-cloud-mesh.Deploy",
            "v4_only: 4 v4_only-dns.app-mesh-ipv6-dns-ecs-service.Deploy",
            "v4_only: 4 v4_only-cloud.app-mesh-ipv6-cloud-ecs-service.Deploy",
            "v4_only: 5 v4_only-dns.Verify",
            "v4_only: 5 v4_only-cloud.Verify",
            "v6_only: 2 v6_only-dns.app-mesh-ipv6-dns-mesh.Deploy",
            "v6_only: 2 v6_only-cloud.app-mesh-ipv6-cloud-mesh.Deploy",
            "v6_only: 3 v6_only-dns.Verify",
            "v6_only: 3 v6_only-cloud.Verify",
            "override: 2 override-dns.app-mesh-ipv6-dns-mesh.Deploy",
            "override: 2 override-cloud.app-mesh-ipv6-cloud-mesh.Deploy",
            "override: 3 override-dns.Verify",
            "override: 3 override-cloud.Verify");
  }

  /** What a person deploys from a laptop, and nothing between two parts but names of exports. */
  @Test
  void deploysTheSameStacks() {
    Map<String, JsonNode> first = new TreeMap<>();
    first.putAll(Synthesized.part(Synthesized.PIPELINE, "Shared"));
    for (Variant variant : Variant.values()) {
      first.putAll(Synthesized.part(Synthesized.PIPELINE, "v4_only-" + variant.word()));
      for (Stage stage : List.of(Stage.V6_ONLY, Stage.OVERRIDE)) {
        String mesh = "app-mesh-ipv6-%s-mesh".formatted(variant.word());
        assertThat(
                Synthesized.part(
                    Synthesized.PIPELINE, "%s-%s".formatted(stage.word(), variant.word())))
            .isEqualTo(Map.of(mesh, Synthesized.stage(stage).get(mesh)));
      }
    }
    assertThat(first).isEqualTo(Synthesized.stage(Stage.V4_ONLY));
  }

  /** The control plane needs the meshes' documents, and the Envoys need the control plane. */
  @Test
  void withEnvoysOfOurOwn() {
    Map<String, Object> given = new LinkedHashMap<>(Synthesized.PIPELINE);
    given.putAll(Map.of("backend", "envoy", "pipelineStages", "v6_only,none"));
    assertThat(actions(template(given)))
        .filteredOn(action -> action.endsWith("Deploy") || action.endsWith("Verify"))
        .containsExactly(
            "Shared: 2 app-mesh-ipv6-cloud-mesh.Deploy",
            "Shared: 2 app-mesh-ipv6-dns-mesh.Deploy",
            "Shared: 2 app-mesh-ipv6-vpc.Deploy",
            "Shared: 4 app-mesh-ipv6-ecs-cluster.Deploy",
            "Shared: 6 app-mesh-ipv6-control-plane.Deploy",
            "v6_only: 2 v6_only-dns.app-mesh-ipv6-dns-mesh.Deploy",
            "v6_only: 2 v6_only-cloud.app-mesh-ipv6-cloud-mesh.Deploy",
            "v6_only: 4 v6_only-dns.app-mesh-ipv6-dns-ecs-service.Deploy",
            "v6_only: 4 v6_only-cloud.app-mesh-ipv6-cloud-ecs-service.Deploy",
            "v6_only: 5 v6_only-dns.Verify",
            "v6_only: 5 v6_only-cloud.Verify",
            "none: 2 none-dns.app-mesh-ipv6-dns-mesh.Deploy",
            "none: 2 none-cloud.app-mesh-ipv6-cloud-mesh.Deploy",
            "none: 3 none-dns.Verify",
            "none: 3 none-cloud.Verify");
    Map<String, JsonNode> first = new TreeMap<>(Synthesized.part(given, "Shared"));
    for (Variant variant : Variant.values()) {
      String mesh = "app-mesh-ipv6-%s-mesh".formatted(variant.word());
      Map<String, JsonNode> part = Synthesized.part(given, "v6_only-" + variant.word());
      // It is there already, as this stage has it.
      assertThat(part).containsEntry(mesh, first.get(mesh));
      first.putAll(part);
    }
    assertThat(withoutPath(first))
        .isEqualTo(
            withoutPath(Synthesized.context(Map.of("backend", "envoy", "stage", "v6_only"))));
  }

  /** CDK names what lets a rule call a function by the path of the function. */
  private static String withoutPath(Map<String, JsonNode> stacks) {
    return new TreeMap<>(stacks)
        .toString()
        .replaceAll("AllowEventRule\\w+FunctionAlias[0-9A-F]+", "AllowEventRule");
  }

  static List<Map<String, Object>> choices() {
    Map<String, Object> most = new LinkedHashMap<>(Synthesized.EVERY_OPTION);
    most.put("stage", "custom");
    most.put("mesh", "none");
    most.put("red", "IPv6_ONLY");
    most.put("pipelineStages", "none,custom");
    return List.of(
        Map.of(),
        most,
        Map.of(
            "projectName",
            "p",
            "keyPairName",
            "it's $HOME `id` \"me\" \\ *=# !",
            "sshCidr",
            "2001:db8::/64",
            "@aws-cdk/core:bootstrapQualifier",
            "mine"),
        Map.of("backend", "envoy", "pipelineStages", "v6_only,none"),
        Map.of(
            "pipelineStages", "custom",
            "branch", "feature/x_1.0",
            "reviewGates", "security,replacement",
            "meshName", "other",
            "servicesDomain", "a.b",
            "envoyImage", "public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod",
            "colortellerImage", "example/colorteller@sha256:" + "0".repeat(64),
            "notificationsTopicArn", "arn:aws:sns:us-west-2:111122223333:builds"));
  }

  /** What the pipeline synthesizes is the pipeline, so that updating itself changes nothing. */
  @ParameterizedTest
  @MethodSource("choices")
  void updatesItselfToItself(Map<String, Object> choice) throws Exception {
    Map<String, Object> given = new LinkedHashMap<>(Synthesized.PIPELINE);
    given.putAll(choice);
    JsonNode pipeline = template(given);

    Map<String, Object> passedOn = passedOn(pipeline);
    assertThat(passedOn).isEqualTo(given);
    // As cdk.json has it: so that this is synthesized, and not the one that was kept.
    passedOn.put("@aws-cdk/core:checkSecretUsage", true);
    assertThat(template(passedOn)).isEqualTo(pipeline);
  }

  /** The -c of the synth step's command, as a shell reads them. */
  private static Map<String, Object> passedOn(JsonNode pipeline) throws Exception {
    String command = commands(pipeline, "Synth").get(1);
    assertThat(command).startsWith("npx cdk synth --quiet -c ");
    String[] words =
        shell(command.replaceFirst("npx cdk synth --quiet", "printf '%s\\\\0'"), Map.of())
            .out()
            .split("\0");
    Map<String, Object> passedOn = new LinkedHashMap<>();
    for (int i = 0; i < words.length; i += 2) {
      assertThat(words[i]).isEqualTo("-c");
      String[] setting = words[i + 1].split("=", 2);
      passedOn.put(setting[0], setting[1]);
    }
    return passedOn;
  }

  @Test
  void runsOnArm() {
    projects(template(Synthesized.PIPELINE))
        .forEach(
            (name, project) -> {
              JsonNode environment = project.at("/Properties/Environment");
              assertThat(environment.path("Type").asText()).as(name).isEqualTo("ARM_CONTAINER");
              assertThat(environment.path("Image").asText())
                  .as(name)
                  .isEqualTo("aws/codebuild/amazonlinux-aarch64-standard:3.0");
              assertThat(environment.path("PrivilegedMode").asBoolean())
                  .as(name)
                  .isEqualTo(name.contains("DockerAsset"));
            });
  }

  @Test
  void artifactsAreEncryptedAndDoNotStay() {
    List<JsonNode> buckets = resources(template(Synthesized.PIPELINE), "AWS::S3::Bucket");
    assertThat(buckets).hasSize(3);
    for (JsonNode bucket : buckets) {
      assertThat(
              bucket.at(
                  "/Properties/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/SSEAlgorithm"))
          .hasToString("\"AES256\"");
      assertThat(bucket.at("/Properties/LifecycleConfiguration/Rules/0/ExpirationInDays").asInt())
          .isEqualTo(30);
      assertThat(bucket.at("/Properties/PublicAccessBlockConfiguration")).hasSize(4);
    }
    assertThat(resources(template(Synthesized.PIPELINE), "AWS::S3::BucketPolicy"))
        .hasSize(3)
        .allSatisfy(
            policy ->
                assertThat(policy.findValuesAsText("aws:SecureTransport"))
                    .containsExactly("false"));
  }

  @Test
  void checksPullRequests() throws Exception {
    Map<String, Object> given = new LinkedHashMap<>(Synthesized.PIPELINE);
    given.put("branch", "release/1.0");
    given.put("reviewGates", "replacement,requests");
    JsonNode template = template(given);
    JsonNode project = project(template, "PullRequests").path("Properties");
    ObjectNode source = project.path("Source").deepCopy();
    source.remove("BuildSpec");
    assertThat(source)
        .isEqualTo(
            JSON.readTree(
                """
                {
                  "Type": "GITHUB",
                  "Location": "https://github.com/example/walkthrough-ipv6.git",
                  "Auth": {"Type": "CODECONNECTIONS", "Resource": "%s"},
                  "GitCloneDepth": 0,
                  "ReportBuildStatus": true
                }
                """
                    .formatted(Synthesized.CONNECTION)));
    assertThat(project.path("Triggers"))
        .isEqualTo(
            JSON.readTree(
                """
                {
                  "Webhook": true,
                  "FilterGroups": [[
                    {
                      "Type": "EVENT",
                      "Pattern": "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED"
                    },
                    {"Type": "BASE_REF", "Pattern": "^refs/heads/release/1\\\\.0$"}
                  ]],
                  "PullRequestBuildPolicy": {
                    "RequiresCommentApproval": "ALL_PULL_REQUESTS",
                    "ApproverRoles": ["GITHUB_MAINTAIN", "GITHUB_ADMIN"]
                  }
                }
                """));
    assertThat(commands(template, "PullRequests"))
        .containsExactly(
            "npm ci",
            "mvn -B verify",
            "git fetch --quiet origin \"$CODEBUILD_WEBHOOK_BASE_REF\"",
            "./walkthrough review \"$(git merge-base HEAD FETCH_HEAD)\" --fail-on replacement,requests > review.md",
            "if [ -e review.md ]; then cat review.md; fi");
    // What a pull request could leave there, no other build may find.
    assertThat(project.path("Cache")).hasToString("{\"Type\":\"NO_CACHE\"}");
    assertThat(project.at("/Artifacts/Location/Ref").asText()).startsWith("Reviews");
  }

  @ParameterizedTest
  @ValueSource(strings = {"codeconnections", "codestar-connections"})
  void asksTheServiceOfTheConnection(String service) {
    Map<String, Object> given = new LinkedHashMap<>(Synthesized.PIPELINE);
    given.put("connectionArn", Synthesized.CONNECTION.replace("codeconnections", service));
    assertThat(
            resources(template(given), "AWS::IAM::Policy").stream()
                .flatMap(policy -> policy.at("/Properties/PolicyDocument/Statement").valueStream())
                .flatMap(statement -> statement.path("Action").valueStream())
                .map(JsonNode::asText)
                .filter(action -> action.contains("GetConnection")))
        .containsExactly(service + ":GetConnection", service + ":GetConnectionToken");
  }

  @Test
  void checksNoPullRequestsElsewhere() {
    Map<String, Object> given = new LinkedHashMap<>(Synthesized.PIPELINE);
    given.put("reviewGates", "off");
    assertThat(projects(template(given)).keySet()).noneMatch(name -> name.contains("PullRequest"));
    assertThat(resources(template(given), "AWS::S3::Bucket")).hasSize(2);
  }

  @Test
  void tellsATopic() {
    String type = "AWS::CodeStarNotifications::NotificationRule";
    assertThat(resources(template(Synthesized.PIPELINE), type)).isEmpty();
    Map<String, Object> given = new LinkedHashMap<>(Synthesized.PIPELINE);
    given.put("notificationsTopicArn", "arn:aws:sns:us-west-2:111122223333:builds");
    assertThat(resources(template(given), type))
        .singleElement()
        .satisfies(
            rule ->
                assertThat(rule.at("/Properties/Targets/0/TargetAddress").asText())
                    .isEqualTo("arn:aws:sns:us-west-2:111122223333:builds"));
  }

  @Test
  void aStageThatHolds() throws Exception {
    Run run = verify("dns", 0, "{\"StatusCode\": 200}", "{\"runs\": [{\"variant\": \"dns\"}]}");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(JSON.readTree(run.out()).at("/runs/0/variant").asText()).isEqualTo("dns");
    assertThat(Files.readString(folder.resolve("called")))
        .isEqualTo(
            "lambda invoke --function-name app-mesh-ipv6-dns-verifier:live --cli-read-timeout 960"
                + " --cli-binary-format raw-in-base64-out --payload {\"variant\": \"dns\"} report.json\n");
  }

  @Test
  void aRequestThatDiffers() throws Exception {
    Run run =
        verify(
            "cloud",
            0,
            "{\"StatusCode\": 200, \"FunctionError\": \"Unhandled\"}",
            "{\"errorMessage\": \"/red: expected red, but 503\\n/blue: expected blue\", \"errorType\": \"x\"}");
    assertThat(run.status()).isNotZero();
    assertThat(run.out()).isEqualTo("/red: expected red, but 503\n/blue: expected blue\n");
  }

  @Test
  void noFunctionToAsk() throws Exception {
    Run run = verify("dns", 254, "", "");
    assertThat(run.status()).isNotZero();
    assertThat(run.err()).contains("aws said no");
    assertThat(called()).hasSize(1);
  }

  /** Lambda refuses once where the snapshot is to be made anew. */
  @Test
  void aFunctionThatSleeps() throws Exception {
    Files.writeString(folder.resolve("sleeps"), "");
    Run run = verify("dns", 0, "{\"StatusCode\": 200}", "{\"runs\": []}");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.err()).contains("SnapStartNotReadyException");
    assertThat(called())
        .hasSize(3)
        .element(1)
        .isEqualTo(
            "lambda wait function-active-v2 --function-name app-mesh-ipv6-dns-verifier --qualifier live");
  }

  private List<String> called() throws Exception {
    return Files.readAllLines(folder.resolve("called"));
  }

  /** Runs the step's commands as CodeBuild does, with an {@code aws} that answers this. */
  private Run verify(String variant, int status, String invocation, String report)
      throws Exception {
    Path aws = folder.resolve("aws");
    Files.writeString(
        aws,
        """
        #!/usr/bin/env bash
        echo "$@" >> '%1$s/called'
        if [[ $2 == invoke && -e '%1$s/sleeps' ]]; then
          rm '%1$s/sleeps'
          echo 'An error occurred (SnapStartNotReadyException) when calling the Invoke operation' >&2
          exit 254
        fi
        if [[ %2$d != 0 ]]; then echo 'aws said no' >&2; exit %2$d; fi
        printf '%%s' "$REPORT" > report.json
        echo "$INVOCATION"
        """
            .formatted(folder, status));
    assertThat(aws.toFile().setExecutable(true)).isTrue();
    List<String> commands =
        commands(template(Synthesized.PIPELINE), "v4only%sVerify".formatted(variant));
    return shell(
        "set -e\ncd '%s'\n%s".formatted(folder, String.join("\n", commands)),
        Map.of(
            "PATH", folder + ":" + System.getenv("PATH"),
            "INVOCATION", invocation,
            "REPORT", report));
  }

  private record Run(int status, String out, String err) {}

  private static Run shell(String commands, Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", commands);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), out, err);
  }

  private static JsonNode template(Map<String, Object> given) {
    return Objects.requireNonNull(
        Synthesized.context(given)
            .get(given.getOrDefault("projectName", "app-mesh-ipv6") + "-pipeline"));
  }

  private static List<String> actions(JsonNode template) {
    List<String> actions = new ArrayList<>();
    for (JsonNode stage :
        resources(template, "AWS::CodePipeline::Pipeline").get(0).at("/Properties/Stages")) {
      for (JsonNode action : stage.path("Actions")) {
        String name = action.path("Name").asText();
        // Each stack's change set, one step before.
        if (!name.endsWith(".Prepare")) {
          actions.add(
              "%s: %d %s"
                  .formatted(stage.path("Name").asText(), action.path("RunOrder").asInt(), name));
        }
      }
    }
    return actions;
  }

  private static Map<String, JsonNode> projects(JsonNode template) {
    Map<String, JsonNode> projects = new TreeMap<>();
    template
        .path("Resources")
        .properties()
        .forEach(
            resource -> {
              if (resource.getValue().path("Type").asText().equals("AWS::CodeBuild::Project")) {
                projects.put(resource.getKey(), resource.getValue());
              }
            });
    return projects;
  }

  private static JsonNode project(JsonNode template, String name) {
    return projects(template).entrySet().stream()
        .filter(entry -> entry.getKey().contains(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  /** All that a project runs, in the order in which CodeBuild does. */
  private static List<String> commands(JsonNode template, String name) throws Exception {
    JsonNode phases =
        JSON.readTree(project(template, name).at("/Properties/Source/BuildSpec").asText())
            .path("phases");
    return Stream.of("install", "build", "post_build")
        .flatMap(phase -> phases.at("/%s/commands".formatted(phase)).valueStream())
        .map(JsonNode::asText)
        .toList();
  }

  private static List<JsonNode> resources(JsonNode template, String type) {
    return template
        .path("Resources")
        .valueStream()
        .filter(resource -> resource.path("Type").asText().equals(type))
        .toList();
  }
}
