package colorteller.infra;

import colorteller.constructs.JavaFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.pipelines.CodeBuildStep;
import software.amazon.awscdk.pipelines.CodePipelineSource;
import software.amazon.awscdk.services.codebuild.BucketCacheOptions;
import software.amazon.awscdk.services.codebuild.BuildEnvironment;
import software.amazon.awscdk.services.codebuild.BuildSpec;
import software.amazon.awscdk.services.codebuild.Cache;
import software.amazon.awscdk.services.codebuild.ComputeType;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.s3.IBucket;

/**
 * What the pipeline runs on CodeBuild. Commands that the README tells a person, where there are.
 */
final class BuildSteps {

  /** What the install phase of a build that runs the tests brings. */
  static final Map<String, Object> RUNTIMES =
      Map.of("runtime-versions", new TreeMap<>(Map.of("java", "corretto17", "nodejs", "22")));

  // The smallest has 4 GB: little for JVMs, Node.js and fourteen Envoys.
  static final ComputeType COMPUTE_TYPE = ComputeType.MEDIUM;

  private final CodePipelineSource source;
  private final PolicyStatement useConnection;
  private final IBucket cache;

  /**
   * Creates them.
   *
   * @param useConnection lets them clone the source
   * @param cache for what Maven and npm download
   */
  BuildSteps(CodePipelineSource source, PolicyStatement useConnection, IBucket cache) {
    this.source = source;
    this.useConnection = useConnection;
    this.cache = cache;
  }

  /** The tests, and only after them the synthesis, so that the pipeline itself is gated, too. */
  CodeBuildStep synth(List<String> given) {
    CodeBuildStep synth =
        build("Synth")
            .installCommands(List.of("npm ci"))
            .commands(List.of(synthCommand(given)))
            .primaryOutputDirectory("cdk.out")
            .build();
    synth.addStepDependency(build("Test").commands(List.of("mvn -B verify")).build());
    return synth;
  }

  private CodeBuildStep.Builder build(String id) {
    return CodeBuildStep.Builder.create(id)
        .input(source)
        .rolePolicyStatements(List.of(useConnection))
        .buildEnvironment(BuildEnvironment.builder().computeType(COMPUTE_TYPE).build())
        .partialBuildSpec(
            BuildSpec.fromObject(
                new TreeMap<>(
                    Map.of(
                        "version",
                        "0.2",
                        "cache",
                        Map.of("paths", List.of("/root/.m2/repository/**/*", "/root/.npm/**/*")),
                        "phases",
                        Map.of("install", RUNTIMES)))))
        // A local cache is gone after minutes, long before the next commit.
        .cache(
            Cache.bucket(
                cache, BucketCacheOptions.builder().prefix(id.toLowerCase(Locale.ROOT)).build()));
  }

  private static String synthCommand(List<String> given) {
    List<String> command = new ArrayList<>(List.of("npx cdk synth --quiet"));
    given.forEach(setting -> command.add("-c " + quoted(setting)));
    return String.join(" ", command);
  }

  private static String quoted(String word) {
    return word.matches("[a-zA-Z0-9@%_+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** Fails with the verifier's lines, one for each request that differs. */
  CodeBuildStep verification(Stack stack, Settings settings, Variant variant, CodeBuildStep synth) {
    String function = Verifier.functionName(settings, variant);
    return CodeBuildStep.Builder.create("Verify")
        // CodeBuild wants an input. With the source as such, the role could read the repository.
        .input(synth)
        .commands(
            List.of(
                // A function that nobody has invoked for 14 days refuses once, and wakes up.
                """
                invoke() {
                  aws lambda invoke --function-name %1$s:%2$s --cli-read-timeout 960 --cli-binary-format raw-in-base64-out --payload '{"variant": "%3$s"}' report.json > invocation.json 2> refusal.txt
                }
                invoke || {
                  cat refusal.txt >&2
                  grep -q SnapStartNotReady refusal.txt && aws lambda wait function-active-v2 --function-name %1$s --qualifier %2$s && invoke
                }
                """
                    .formatted(function, JavaFunction.ALIAS, variant.word()),
                "python3 -c \"import json; report = json.load(open('report.json')); print(report.get('errorMessage') or json.dumps(report, indent=1))\"",
                "python3 -c \"import json, sys; sys.exit('FunctionError' in json.load(open('invocation.json')))\""))
        // The CLI would ask again where no answer comes, and wait as long again.
        .env(Map.of("AWS_MAX_ATTEMPTS", "1"))
        .timeout(Duration.minutes(30))
        .rolePolicyStatements(
            List.of(
                PolicyStatement.Builder.create()
                    .actions(List.of("lambda:GetFunction", "lambda:InvokeFunction"))
                    .resources(
                        List.of(
                            "arn:%s:lambda:%s:%s:function:%s:%s"
                                .formatted(
                                    stack.getPartition(),
                                    stack.getRegion(),
                                    stack.getAccount(),
                                    function,
                                    JavaFunction.ALIAS)))
                    .build()))
        .build();
  }
}
