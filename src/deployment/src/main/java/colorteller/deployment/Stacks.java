package colorteller.deployment;

import colorteller.mesh.template.Intrinsics;
import colorteller.mesh.template.Intrinsics.Unknown;
import colorteller.mesh.template.Place;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.TemplateException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Stacks of one region that are deployed together, read from their templates. */
public final class Stacks {

  private final Map<String, String> exports = new LinkedHashMap<>();
  private final Map<String, DeployedResource> resources = new LinkedHashMap<>();

  private Stacks() {}

  /**
   * Reads what stacks deploy.
   *
   * @param templates of the stacks by their names, in the order in which they are deployed: each
   *     may import what those before it export
   * @throws TemplateException if a template cannot be read
   * @throws DeploymentException if the templates do not say what is needed
   */
  public static Deployment read(Map<String, Path> templates) {
    Stacks stacks = new Stacks();
    templates.forEach(stacks::deploy);
    return new DeploymentReader(stacks.resources).read();
  }

  private void deploy(String stack, Path file) {
    Template template = Template.read(file, Map.of(), exports);
    DeployedScope scope = new DeployedScope(template.names(), stack);
    Intrinsics values = new Intrinsics(scope, Unknown.IS_AN_ERROR);
    template
        .existing()
        .forEach(
            (id, resource) ->
                resources.put(
                    scope.id(id),
                    new DeployedResource(
                        id,
                        resource.type(),
                        resolved(resource.properties(), values, Place.of(file).child(id)))));
    template
        .exports()
        .forEach(
            (name, value) -> exports.put(name, values.text(value, Place.of(file).child(name))));
  }

  /** A value in which no function is left but those that only AWS can evaluate. */
  private static JsonNode resolved(JsonNode value, Intrinsics values, Place place) {
    JsonNode outer;
    try {
      outer = values.resolve(value, place);
    } catch (TemplateException.Symbolic e) {
      return value;
    }
    if (outer.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      int number = 0;
      for (JsonNode element : outer) {
        JsonNode inner = resolved(element, values, place.at(number++));
        if (!inner.isMissingNode()) {
          array.add(inner);
        }
      }
      return array;
    }
    if (outer.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> member : outer.properties()) {
        JsonNode inner = resolved(member.getValue(), values, place.child(member.getKey()));
        if (!inner.isMissingNode()) {
          object.set(member.getKey(), inner);
        }
      }
      return object;
    }
    return outer;
  }
}
