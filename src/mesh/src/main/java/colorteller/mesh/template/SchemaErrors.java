package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.template.TemplateException.Refusal;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says what the JSON Schema validator has found in this project's words. */
final class SchemaErrors {

  private static final String UNKNOWN_PROPERTY = "additionalProperties";

  private SchemaErrors() {}

  /** A misspelled property is said before that it lacks. */
  static List<Refusal> of(
      Collection<ValidationMessage> messages, JsonNode root, JsonNode schema, Place place) {
    return messages.stream()
        .sorted(Comparator.comparing(message -> !message.getType().equals(UNKNOWN_PROPERTY)))
        .flatMap(message -> error(message, root, schema, place).all().stream())
        .distinct()
        .toList();
  }

  private static TemplateException.Refused error(
      ValidationMessage message, JsonNode root, JsonNode rootSchema, Place place) {
    JsonNode value = root;
    JsonNode schema = rootSchema;
    Place at = place;
    for (Object step : steps(message.getInstanceLocation())) {
      schema = AppMeshSchema.child(schema, step);
      value = step instanceof Integer index ? value.path(index) : value.path(step.toString());
      at = step instanceof Integer index ? at.at(index) : at.child(step.toString());
    }
    return switch (message.getType()) {
      case UNKNOWN_PROPERTY ->
          at.child(message.getProperty())
              .refused(
                  "App Mesh has no such property; "
                      + Words.allowed(message.getProperty(), names(schema)));
      case "required" ->
          at.refused("has no %s, which App Mesh asks for".formatted(message.getProperty()));
      case "minProperties", "maxProperties" ->
          at.refused(
              "needs one of %s, but has %s"
                  .formatted(
                      String.join(", ", names(schema)),
                      value.isEmpty()
                          ? "none"
                          : value.properties().stream()
                              .map(Map.Entry::getKey)
                              .collect(Collectors.joining(", "))));
      case "enum" -> {
        List<String> words = new ArrayList<>();
        schema.path("enum").forEach(word -> words.add(word.asText()));
        yield at.refused(
            "%s is not allowed; %s"
                .formatted(quote(value.asText()), Words.allowed(value.asText(), words)));
      }
      case "minItems", "maxItems" ->
          at.refused(
              "must have %d to %d elements, but has %d"
                  .formatted(
                      schema.path("minItems").asInt(),
                      schema.path("maxItems").asInt(),
                      value.size()));
      case "minLength", "maxLength" -> {
        int least = schema.path("minLength").asInt();
        int most = schema.path("maxLength").asInt();
        yield at.refused(
            "must be %s characters, but is %s"
                .formatted(
                    least == most ? least : "%d to %d".formatted(least, most),
                    quote(value.asText())));
      }
      case "pattern" ->
          at.refused(
              "must be like %s, but is %s"
                  .formatted(schema.path("pattern").asText(), quote(value.asText())));
      default -> at.refused("must be %s, but is %s".formatted(type(schema), Words.show(value)));
    };
  }

  private static List<Object> steps(JsonNodePath path) {
    List<Object> steps = new ArrayList<>();
    for (int i = 0; i < path.getNameCount(); i++) {
      steps.add(path.getElement(i));
    }
    return steps;
  }

  private static List<String> names(JsonNode schema) {
    return schema.path("properties").properties().stream().map(Map.Entry::getKey).toList();
  }

  private static String type(JsonNode schema) {
    return switch (schema.path("type").asText()) {
      case "object" -> "an object";
      case "array" -> "a list";
      case "boolean" -> "true or false";
      case "integer" ->
          "a whole number from %d to %d"
              .formatted(schema.path("minimum").asLong(), schema.path("maximum").asLong());
      default -> "text";
    };
  }
}
