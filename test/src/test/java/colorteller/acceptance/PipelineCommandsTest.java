package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the pipeline builds a commit with, in a clean copy. Its tests, {@code mvn -B verify}, are
 * what runs this.
 */
class PipelineCommandsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PIPELINE = "app-mesh-ipv6-pipeline.template.json";
  private static final String SETTINGS =
      "-c connectionArn=arn:aws:codeconnections:us-west-2:111122223333:connection/4dacf3f2-8d5e-4d1c-b2a5-0c9a1d3e5f70"
          + " -c repository=example/walkthrough-ipv6 -c pipelineStages=v6_only,none";

  @TempDir Path folder;

  @Test
  void synthesizeThePipeline() throws Exception {
    Path first = folder.resolve("first");
    run("npx cdk synth --quiet -o '%s' %s".formatted(first, SETTINGS));
    JsonNode pipeline = JSON.readTree(first.resolve(PIPELINE).toFile());

    Path copy = folder.resolve("copy");
    // What a commit of now would hold.
    run(
        "mkdir '%1$s' && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -pt '%1$s'"
            .formatted(copy));
    assertThat(copy.resolve(".tools")).doesNotExist();
    List<String> commands = commands(pipeline);
    assertThat(commands).hasSize(2);
    for (String command : commands) {
      run("cd '%s' && %s".formatted(copy, command));
    }
    // The same to the last hash: else the pipeline would update itself for ever.
    assertThat(copy.resolve("cdk.out").resolve(PIPELINE))
        .hasSameTextualContentAs(first.resolve(PIPELINE));
  }

  private static List<String> commands(JsonNode pipeline) throws Exception {
    JsonNode synth =
        pipeline
            .path("Resources")
            .propertyStream()
            .filter(resource -> resource.getKey().startsWith("PipelineBuildSynth"))
            .map(Map.Entry::getValue)
            .filter(resource -> resource.path("Type").asText().equals("AWS::CodeBuild::Project"))
            .findFirst()
            .orElseThrow();
    JsonNode phases =
        JSON.readTree(synth.at("/Properties/Source/BuildSpec").asText()).path("phases");
    return Stream.of("install", "build")
        .flatMap(phase -> phases.at("/%s/commands".formatted(phase)).valueStream())
        .map(JsonNode::asText)
        .toList();
  }

  private static void run(String command) throws Exception {
    Command.Result result = Command.run(Map.of(), List.of("bash", "-ec", command));
    assertThat(result.status()).as("%s: %s", command, result.err()).isZero();
  }
}
