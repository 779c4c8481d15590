package colorteller.mesh.template;

import colorteller.mesh.template.TemplateException.Refusal;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Resolves the properties of an App Mesh resource, all of them, and checks them against {@link
 * AppMeshSchema}.
 *
 * @param values evaluates functions; a text that only a deployment knows is taken as given
 * @param strict evaluates functions; whatever only a deployment knows is an error
 */
record AppMeshProperties(Intrinsics values, Intrinsics strict) {

  // At most 15 digits: a number of this size is exact everywhere.
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,15}");

  /** The properties as JSON without functions, each of the type that the schema says. */
  JsonNode resolve(Template.Resource resource, Place place) {
    return value(resource.properties(), AppMeshSchema.properties(resource.type()), place);
  }

  /** What App Mesh would not have taken of a type's properties, once they are resolved. */
  static List<Refusal> refusals(String type, JsonNode resolved, Place place) {
    return SchemaErrors.of(
        AppMeshSchema.validate(type, resolved), resolved, AppMeshSchema.properties(type), place);
  }

  /** The name of the mesh that a resource is part of; empty if it has none. */
  String mesh(Template.Resource resource, Place place) {
    JsonNode name = resource.properties().path("MeshName");
    return name.isMissingNode()
        ? ""
        : values.text(values.resolve(name, place), place.child("MeshName"));
  }

  private JsonNode value(JsonNode node, JsonNode schema, Place place) {
    return switch (schema.path("type").asText()) {
      case "object" -> object(strict.resolve(node, place), schema, place);
      case "array" -> list(strict.resolve(node, place), schema, place);
      case "integer" -> number(strict.resolve(node, place));
      case "boolean" -> truth(strict.resolve(node, place));
      default -> text(node, schema, place);
    };
  }

  private JsonNode object(JsonNode node, JsonNode schema, Place place) {
    if (!node.isObject()) {
      return node;
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String name = entry.getKey();
      JsonNode property = AppMeshSchema.child(schema, name);
      if (name.equals(AppMeshSchema.TAGS)) {
        continue;
      }
      // What App Mesh does not have is said by the validator.
      JsonNode value =
          AppMeshSchema.isUnknown(property)
              ? entry.getValue()
              : value(entry.getValue(), property, place.child(name));
      if (!value.isMissingNode()) {
        result.set(name, value);
      }
    }
    return result;
  }

  private JsonNode list(JsonNode node, JsonNode schema, Place place) {
    if (!node.isArray()) {
      return node;
    }
    List<JsonNode> elements = strict.elements(node, place, element -> false);
    ArrayNode result = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < elements.size(); i++) {
      JsonNode element = value(elements.get(i), schema.path("items"), place.at(i));
      if (!element.isMissingNode()) {
        result.add(element);
      }
    }
    return result;
  }

  /** CloudFormation takes the text of a number for the number. */
  private static JsonNode number(JsonNode node) {
    return node.isValueNode() && INTEGER.matcher(node.asText()).matches()
        ? LongNode.valueOf(Long.parseLong(node.asText()))
        : node;
  }

  private static JsonNode truth(JsonNode node) {
    return switch (node.asText()) {
      case "true" -> BooleanNode.TRUE;
      case "false" -> BooleanNode.FALSE;
      default -> node;
    };
  }

  private JsonNode text(JsonNode node, JsonNode schema, Place place) {
    // A word of a few, or an account's number, cannot be taken as given: what it is decides.
    boolean isGiven = !schema.has("enum") && schema.path("minLength").asInt() <= 1;
    Intrinsics intrinsics = isGiven ? values : strict;
    JsonNode resolved = intrinsics.resolve(node, place);
    return resolved.isMissingNode() ? resolved : TextNode.valueOf(intrinsics.text(resolved, place));
  }
}
