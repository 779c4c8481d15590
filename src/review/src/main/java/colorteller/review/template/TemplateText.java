package colorteller.review.template;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;

/**
 * Values of a template as text: what only a deployment knows is written as {@code Fn::Sub} writes
 * it, such as <code>${Role.Arn}</code>; a function that cannot be written so, as JSON.
 */
public final class TemplateText {

  private static final Set<String> REFERENCES = Set.of("Ref", "Fn::ImportValue");

  private TemplateText() {}

  /** The text of a value; empty if there is none. */
  public static String text(JsonNode value) {
    if (absent(value)) {
      return "";
    }
    if (value.isValueNode()) {
      return value.asText();
    }
    if (!isFunction(value)) {
      return json(value);
    }
    Map.Entry<String, JsonNode> function = value.properties().iterator().next();
    JsonNode argument = function.getValue();
    if (REFERENCES.contains(function.getKey())) {
      return "${%s}".formatted(text(argument));
    }
    return switch (function.getKey()) {
      case "Fn::GetAtt" ->
          "${%s}"
              .formatted(
                  argument.isArray()
                      ? argument.valueStream().map(TemplateText::text).collect(joining("."))
                      : text(argument));
      case "Fn::Join" ->
          argument.path(1).isArray()
              ? argument
                  .path(1)
                  .valueStream()
                  .map(TemplateText::text)
                  .collect(joining(text(argument.path(0))))
              : json(value);
      case "Fn::Sub" -> argument.isArray() ? substituted(argument) : argument.asText();
      default -> json(value);
    };
  }

  private static String substituted(JsonNode argument) {
    String text = argument.path(0).asText();
    for (Map.Entry<String, JsonNode> variable : argument.path(1).properties()) {
      text = text.replace("${%s}".formatted(variable.getKey()), text(variable.getValue()));
    }
    return text;
  }

  /** JSON in one order of its members, what is inside as text where that can be. */
  private static String json(JsonNode value) {
    if (value.isArray()) {
      return value.valueStream().map(TemplateText::member).collect(joining(",", "[", "]"));
    }
    return value.properties().stream()
        .sorted(Comparator.comparing(Map.Entry::getKey))
        .map(e -> TextNode.valueOf(e.getKey()) + ":" + member(e.getValue()))
        .collect(joining(",", "{", "}"));
  }

  private static String member(JsonNode value) {
    String text = text(value);
    return value.isTextual() || (isFunction(value) && !isOpaque(text))
        ? TextNode.valueOf(text).toString()
        : text;
  }

  public static boolean absent(JsonNode value) {
    return value.isMissingNode()
        || value.isNull()
        || value.path("Ref").asText().equals("AWS::NoValue");
  }

  public static boolean isFunction(JsonNode value) {
    return value.isObject()
        && value.size() == 1
        && value.properties().iterator().next().getKey().matches("Ref|Fn::.+");
  }

  /** Whether a text holds a function as JSON: what it gives cannot be told. */
  public static boolean isOpaque(String text) {
    return text.contains("{\"");
  }
}
