package colorteller.review.template;

import static java.util.stream.Collectors.joining;

import colorteller.mesh.template.Intrinsics;
import colorteller.mesh.template.Place;
import colorteller.mesh.template.Scope;
import colorteller.mesh.template.TemplateException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * Values of a template as text: what only a deployment knows is written as {@code Fn::Sub} writes
 * it, such as <code>${Role.Arn}</code>; a function that cannot be written so, as JSON.
 */
public final class TemplateText {

  private static final Place NOWHERE = Place.of(Path.of(""));
  private static final Intrinsics INTRINSICS =
      new Intrinsics(Scope.NOTHING, (value, reference, why) -> written(value, reference));

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
    try {
      return text(INTRINSICS.resolve(value, NOWHERE));
    } catch (TemplateException e) {
      // It is no proper function; CloudFormation will say so.
      return json(value);
    }
  }

  private static JsonNode written(JsonNode value, Optional<String> reference) {
    return reference
        .<JsonNode>map(name -> TextNode.valueOf("${%s}".formatted(name)))
        .orElseGet(() -> value.isTextual() ? value : TextNode.valueOf(json(value)));
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
    return value.size() == 1 && Intrinsics.function(value).isPresent();
  }

  /** Whether a text holds a function as JSON: what it gives cannot be told. */
  public static boolean isOpaque(String text) {
    return text.contains("{\"");
  }
}
