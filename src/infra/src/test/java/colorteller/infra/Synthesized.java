package colorteller.infra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.cxapi.CloudAssembly;
import software.amazon.awscdk.cxapi.CloudFormationStackArtifact;

/** The templates of every stage, each synthesized once for all tests. */
final class Synthesized {

  private static final Map<Map<String, Object>, Map<String, JsonNode>> DONE =
      new ConcurrentHashMap<>();
  private static final ObjectMapper JSON = new ObjectMapper();

  private Synthesized() {}

  static Map<String, JsonNode> stage(Stage stage) {
    Map<String, Object> context = new LinkedHashMap<>();
    context.put(Settings.STAGE, stage.word());
    if (stage == Stage.CUSTOM) {
      context.put(Settings.CUSTOM, Map.of("mesh", "IPv4_PREFERRED", "purple", "IPv6_ONLY"));
    }
    return context(context);
  }

  /** Templates by stack name. */
  static Map<String, JsonNode> context(Map<String, Object> context) {
    return DONE.computeIfAbsent(context, Synthesized::synthesize);
  }

  /** With the feature flags of cdk.json, as everywhere. */
  private static Map<String, JsonNode> synthesize(Map<String, Object> given) {
    Map<String, Object> context = new LinkedHashMap<>(Context.of(List.of()).values());
    context.putAll(given);
    App app = new App(AppProps.builder().context(context).analyticsReporting(false).build());
    Walkthrough.addTo(app, Settings.of(context), List.of(Variant.values()));
    CloudAssembly assembly = app.synth();
    Map<String, JsonNode> templates = new TreeMap<>();
    for (CloudFormationStackArtifact stack : assembly.getStacks()) {
      templates.put(stack.getStackName(), JSON.valueToTree(stack.getTemplate()));
    }
    return templates;
  }
}
