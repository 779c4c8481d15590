package colorteller.infra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import software.amazon.awscdk.App;

/**
 * The CDK's context: what cdk.json says, and over it what {@code -c KEY=VALUE} says.
 *
 * @param values the effective values
 * @param file those that cdk.json has
 */
record Context(Map<String, Object> values, Map<String, Object> file) {

  private static final Path FILE = Path.of("cdk.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As the CDK CLI has merged it for an app that it started. */
  static Context of(App app) {
    Map<String, Object> values =
        JSON.convertValue(app.getNode().getAllContext(), new TypeReference<>() {});
    return new Context(values, readFile());
  }

  /**
   * As the CDK CLI would merge it.
   *
   * @param settings of the form {@code KEY=VALUE}
   */
  static Context of(List<String> settings) {
    Map<String, Object> file = readFile();
    Map<String, Object> values = new LinkedHashMap<>(file);
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new SettingsException(
            "-c '%s' is not allowed; write it as KEY=VALUE".formatted(Similar.shortened(setting)));
      }
      values.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return new Context(values, file);
  }

  /**
   * Where a value comes from. The CDK CLI, where it started the app, does not say whether one that
   * cdk.json lacks is of {@code -c} or of another of its context files; over what cdk.json has goes
   * only {@code -c}.
   */
  String source(String key) {
    if (!values.containsKey(key)) {
      return "default";
    }
    if (Objects.equals(values.get(key), file.get(key))) {
      return "cdk.json";
    }
    return !file.containsKey(key) && System.getenv("CDK_CONTEXT_JSON") != null
        ? "-c or another context file"
        : "-c";
  }

  /**
   * The settings, and the CDK's own, that cdk.json does not have: what {@code -c} must say for the
   * same again.
   */
  List<String> given() {
    return Stream.concat(
            Settings.KEYS.stream(),
            values.keySet().stream().filter(key -> key.startsWith("@aws-cdk/")).sorted())
        .filter(values::containsKey)
        .filter(key -> !Objects.equals(values.get(key), file.get(key)))
        .map(
            key -> {
              if (values.get(key) instanceof Map<?, ?>) {
                throw new SettingsException(
                    "context key '%s' is not from %s, so the pipeline cannot know it; set it there"
                        .formatted(key, FILE));
              }
              return key + "=" + values.get(key);
            })
        .toList();
  }

  /** This context with another stage. */
  Context withStage(String stage) {
    Map<String, Object> changed = new LinkedHashMap<>(values);
    changed.put(Settings.STAGE, stage);
    return new Context(changed, file);
  }

  private static Map<String, Object> readFile() {
    return read(FILE);
  }

  /** The context of a cdk.json. */
  static Map<String, Object> read(Path file) {
    try {
      JsonNode context = JSON.readTree(file.toFile()).path("context");
      if (context.isMissingNode()) {
        return Map.of();
      }
      if (!context.isObject()) {
        throw new SettingsException(
            "context '%s' of %s is not allowed; allowed: an object, such as {\"stage\": \"v6_only\"}"
                .formatted(Similar.shortened(context.toString()), file.getFileName()));
      }
      refuseWhatTheCliChanges(context, "");
      return JSON.convertValue(context, new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new SettingsException(
          "%s is not JSON: %s; mend it"
              .formatted(file.getFileName(), Similar.shortened(e.getOriginalMessage())));
    } catch (IOException e) {
      throw new SettingsException(
          "%s cannot be read: %s; start the app in the folder that it is in"
              .formatted(file.getFileName(), e.getMessage()));
    }
  }

  /** The CLI drops a null, and makes 2 of 2.0. */
  private static void refuseWhatTheCliChanges(JsonNode object, String prefix) {
    object
        .properties()
        .forEach(
            entry -> {
              String key = prefix + entry.getKey();
              if (entry.getValue().isNull() || entry.getValue().isFloatingPointNumber()) {
                throw new SettingsException(
                    "context value %s='%s' is not allowed; leave the key out, or give a text, a whole number, true or false"
                        .formatted(Similar.shortened(key), entry.getValue()));
              }
              refuseWhatTheCliChanges(entry.getValue(), key + ".");
            });
  }
}
