package colorteller.infra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.cxapi.CloudAssembly;
import software.amazon.awscdk.cxapi.CloudFormationStackArtifact;

/** The templates of every stage, each synthesized once for all tests. */
final class Synthesized {

  private static final Map<Map<String, Object>, CloudAssembly> DONE = new ConcurrentHashMap<>();
  static final Map<String, Object> EVERY_OPTION =
      Map.of(
          "natGateways", "2",
          "flowLogs", "true",
          "envoyMetrics", "true",
          "accessLogsBucket", "my-logs",
          "keyPairName", "me",
          "sshCidr", "203.0.113.0/24");
  static final Map<String, Object> OWN_ENVOYS = Map.of(Settings.BACKEND, "envoy");
  static final Map<String, Object> EVERY_OPTION_OF_OWN_ENVOYS = with(EVERY_OPTION, OWN_ENVOYS);
  static final String CONNECTION =
      "arn:aws:codeconnections:us-west-2:111122223333:connection/4dacf3f2-8d5e-4d1c-b2a5-0c9a1d3e5f70";
  static final Map<String, Object> PIPELINE =
      Map.of("connectionArn", CONNECTION, "repository", "example/walkthrough-ipv6");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Synthesized() {}

  private static Map<String, Object> with(Map<String, Object> some, Map<String, Object> more) {
    Map<String, Object> all = new TreeMap<>(some);
    all.putAll(more);
    return all;
  }

  static Map<String, JsonNode> stage(Stage stage) {
    Map<String, Object> context = new LinkedHashMap<>();
    context.put(Settings.STAGE, stage.word());
    if (stage == Stage.CUSTOM) {
      context.put(Settings.CUSTOM, Map.of("mesh", "IPv4_PREFERRED", "purple", "IPv6_ONLY"));
    }
    return context(context);
  }

  /** With everything that a setting can add. */
  static Map<String, JsonNode> everyOption() {
    return context(EVERY_OPTION);
  }

  /** With Envoys and a control plane of our own. */
  static Map<String, JsonNode> ownEnvoys() {
    return context(OWN_ENVOYS);
  }

  /** Templates by stack name. */
  static Map<String, JsonNode> context(Map<String, Object> context) {
    return templates(assembly(context));
  }

  /** The stacks that the CDK CLI deploys before this one, by the assembly's manifest. */
  static Set<String> dependencies(Map<String, Object> context, String stackName) {
    Set<String> all = new TreeSet<>();
    try {
      collect(
          JSON.readTree(Path.of(assembly(context).getDirectory(), "manifest.json").toFile())
              .path("artifacts"),
          stackName,
          all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /** The arguments that a stack's images are built with. */
  static List<JsonNode> buildArguments(Map<String, Object> context, String stackName) {
    try {
      return JSON.readTree(
              Path.of(assembly(context).getDirectory(), stackName + ".assets.json").toFile())
          .path("dockerImages")
          .findValues("dockerBuildArgs");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void collect(JsonNode artifacts, String stackName, Set<String> into) {
    for (JsonNode needed : artifacts.path(stackName).path("dependencies")) {
      if (artifacts.path(needed.asText()).path("type").asText().equals("aws:cloudformation:stack")
          && into.add(needed.asText())) {
        collect(artifacts, needed.asText(), into);
      }
    }
  }

  /** Those of the stacks that a part of the pipeline deploys, such as {@code v4_only-dns}. */
  static Map<String, JsonNode> part(Map<String, Object> context, String part) {
    return templates(
        assembly(context).getNestedAssembly("assembly-app-mesh-ipv6-pipeline-" + part));
  }

  private static Map<String, JsonNode> templates(CloudAssembly assembly) {
    Map<String, JsonNode> templates = new TreeMap<>();
    for (CloudFormationStackArtifact stack : assembly.getStacks()) {
      templates.put(stack.getStackName(), JSON.valueToTree(stack.getTemplate()));
    }
    return templates;
  }

  private static CloudAssembly assembly(Map<String, Object> given) {
    return DONE.computeIfAbsent(
        given,
        context -> {
          App app = app(context, AppProps.builder());
          addTo(app, context);
          return app.synth();
        });
  }

  /** What the app of that context holds. */
  static void addTo(App app, Map<String, Object> given) {
    Context context = new Context(withCdkJson(given), Context.of(List.of()).file());
    Settings settings = Settings.of(context.values());
    WalkthroughStacks.addTo(app, settings, List.of(Variant.values()));
    settings
        .pipeline()
        .ifPresent(pipeline -> new PipelineStack(app, settings, pipeline, context.given()));
  }

  /** An empty app with the feature flags of cdk.json, as everywhere. */
  static App app(Map<String, Object> context, AppProps.Builder props) {
    return new App(props.context(withCdkJson(context)).analyticsReporting(false).build());
  }

  static Map<String, Object> withCdkJson(Map<String, Object> given) {
    Map<String, Object> context = new LinkedHashMap<>(Context.of(List.of()).values());
    context.putAll(given);
    return context;
  }
}
