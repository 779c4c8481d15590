package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.template.AppMeshSchema.Meaning;
import colorteller.mesh.template.AppMeshSchema.Property;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Resolves the properties of an App Mesh resource, all of them, against {@link AppMeshSchema}: what
 * App Mesh does not have, or what is not translated yet, is an error.
 */
record AppMeshProperties(Intrinsics intrinsics) {

  /** An object whose values are objects, lists and texts; numbers are text, too. */
  JsonNode resolve(Template.Resource resource, Place place) {
    return object(resource.properties(), AppMeshSchema.properties(resource.type()), place);
  }

  private ObjectNode object(JsonNode node, Property schema, Place place) {
    if (!node.isObject()) {
      throw place.error("must be an object, but is " + Words.show(node));
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      Place at = place.child(entry.getKey());
      Property property = schema.children().get(entry.getKey());
      if (property == null) {
        throw at.error(
            "App Mesh has no such property; "
                + Words.allowed(entry.getKey(), schema.children().keySet()));
      }
      // What has no meaning for a mesh may hold what only a deployment knows.
      if (property.meaning() == Meaning.NONE) {
        continue;
      }
      JsonNode value = value(entry.getValue(), property, at);
      if (!value.isMissingNode()) {
        result.set(entry.getKey(), value);
      }
    }
    schema.children().entrySet().stream()
        .filter(entry -> entry.getValue().required() && !result.has(entry.getKey()))
        .findFirst()
        .ifPresent(
            entry -> {
              throw place.error("has no %s, which App Mesh asks for".formatted(entry.getKey()));
            });
    return result;
  }

  private JsonNode value(JsonNode node, Property property, Place place) {
    if (property.meaning() == Meaning.NOT_YET) {
      if (Intrinsics.function(node).isPresent() && resolved(node, place).isMissingNode()) {
        return JsonNodeFactory.instance.missingNode();
      }
      throw place.error("is a property of App Mesh that is not translated yet; leave it out");
    }
    JsonNode value = intrinsics.resolve(node, place);
    if (value.isMissingNode()) {
      return value;
    }
    if (property.list()) {
      return list(value, property, place);
    }
    return property.children().isEmpty()
        ? JsonNodeFactory.instance.textNode(intrinsics.text(value, place))
        : object(value, property, place);
  }

  /** A symbolic value is there, even if nobody knows it. */
  private JsonNode resolved(JsonNode node, Place place) {
    try {
      return intrinsics.resolve(node, place);
    } catch (TemplateException.Symbolic e) {
      return node;
    }
  }

  private ArrayNode list(JsonNode value, Property property, Place place) {
    List<JsonNode> elements = intrinsics.list(value, place);
    ArrayNode result = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < elements.size(); i++) {
      result.add(object(elements.get(i), property, place.at(i)));
    }
    return result;
  }

  /** The one of several properties that is given. */
  static String oneOf(JsonNode object, Place place, String... names) {
    List<String> given = List.of(names).stream().filter(object::has).toList();
    if (given.size() != 1) {
      throw place.error(
          "needs one of %s, but has %s"
              .formatted(
                  String.join(", ", names), given.isEmpty() ? "none" : String.join(", ", given)));
    }
    return Objects.requireNonNull(given.get(0));
  }

  /** A whole number in a range. */
  static int number(JsonNode object, String name, int least, int most, Place place) {
    String text = object.path(name).asText();
    // At most nine digits, so that parsing cannot fail.
    if (!text.matches("[0-9]{1,9}")
        || Integer.parseInt(text) < least
        || Integer.parseInt(text) > most) {
      throw place
          .child(name)
          .error(
              "must be a whole number from %d to %d, but is %s"
                  .formatted(least, most, quote(text)));
    }
    return Integer.parseInt(text);
  }

  /** One of some words, of which only the first is translated. */
  static void translatedWord(
      JsonNode object, String name, Place place, String translated, String... notYet) {
    String word = object.path(name).asText();
    if (word.equals(translated)) {
      return;
    }
    if (List.of(notYet).contains(word)) {
      throw place
          .child(name)
          .error(
              "%s is a value of App Mesh that is not translated yet; use %s"
                  .formatted(quote(word), translated));
    }
    throw place
        .child(name)
        .error(
            "%s is not allowed; allowed are %s, %s"
                .formatted(quote(word), translated, String.join(", ", notYet)));
  }
}
