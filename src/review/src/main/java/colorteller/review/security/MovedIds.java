package colorteller.review.security;

import colorteller.review.template.TemplateSet;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Logical ids of which only CDK's hash changed, since the construct moved in its tree.
 *
 * @param ids the new ids by the old ones
 */
record MovedIds(Map<String, String> ids) {

  private static final Pattern VARIABLE = Pattern.compile("(?<=\\$\\{)\\w+(?=[.}])");

  static MovedIds between(JsonNode before, JsonNode after) {
    Map<String, String> old = onlyIn(before, after);
    Map<String, String> now = onlyIn(after, before);
    Map<String, String> ids = new HashMap<>();
    old.forEach(
        (name, id) -> {
          String moved = now.getOrDefault(name, "");
          if (!id.isEmpty() && !moved.isEmpty()) {
            ids.put(id, moved);
          }
        });
    return new MovedIds(ids);
  }

  /** By type and name without the hash; an empty text if several have the same. */
  private static Map<String, String> onlyIn(JsonNode template, JsonNode other) {
    Map<String, String> ids = new HashMap<>();
    template
        .path("Resources")
        .properties()
        .forEach(
            resource -> {
              String id = resource.getKey();
              if (!other.path("Resources").has(id) && !TemplateSet.withoutHash(id).equals(id)) {
                ids.merge(
                    resource.getValue().path("Type").asText() + " " + TemplateSet.withoutHash(id),
                    id,
                    (one, another) -> "");
              }
            });
    return ids;
  }

  /** The template from before, with the new ids. */
  JsonNode in(JsonNode template) {
    if (ids.isEmpty()) {
      return template;
    }
    ObjectNode renamed = JsonNodeFactory.instance.objectNode();
    template.properties().forEach(e -> renamed.set(e.getKey(), references(e.getValue())));
    ObjectNode resources = renamed.putObject("Resources");
    template
        .path("Resources")
        .properties()
        .forEach(e -> resources.set(renamed(e.getKey()), references(e.getValue())));
    return renamed;
  }

  private String renamed(String id) {
    return ids.getOrDefault(id, id);
  }

  private JsonNode references(JsonNode value) {
    if (value.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      value.forEach(member -> array.add(references(member)));
      return array;
    }
    if (!value.isObject()) {
      return value;
    }
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    value
        .properties()
        .forEach(
            e ->
                object.set(
                    e.getKey(),
                    switch (e.getKey()) {
                      case "Ref" -> TextNode.valueOf(renamed(e.getValue().asText()));
                      case "Fn::GetAtt" -> attribute(e.getValue());
                      case "Fn::Sub" -> substitution(e.getValue());
                      default -> references(e.getValue());
                    }));
    return object;
  }

  private JsonNode attribute(JsonNode value) {
    if (!value.isArray()) {
      String[] parts = value.asText().split("\\.", 2);
      return TextNode.valueOf(value.asText().replace(parts[0], renamed(parts[0])));
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    value.forEach(member -> array.add(references(member)));
    return array.isEmpty() ? array : array.set(0, renamed(value.path(0).asText()));
  }

  private JsonNode substitution(JsonNode value) {
    if (value.isArray()) {
      ArrayNode array = (ArrayNode) references(value);
      return array.isEmpty() ? array : array.set(0, substitution(value.path(0)));
    }
    return TextNode.valueOf(
        VARIABLE
            .matcher(value.asText())
            .replaceAll(id -> Matcher.quoteReplacement(renamed(id.group()))));
  }
}
