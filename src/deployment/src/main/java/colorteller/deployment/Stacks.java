package colorteller.deployment;

import colorteller.mesh.template.Intrinsics;
import colorteller.mesh.template.Intrinsics.Unknown;
import colorteller.mesh.template.Place;
import colorteller.mesh.template.References;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.TemplateException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Stacks of one region that are deployed together, read from their templates. */
public final class Stacks {

  private final Map<String, String> exports = new LinkedHashMap<>();
  private final Map<String, DeployedResource> resources = new LinkedHashMap<>();

  private Stacks() {}

  /**
   * Reads what stacks deploy.
   *
   * @param templates of the stacks, by their names
   * @throws TemplateException if a template cannot be read
   * @throws DeploymentException if the templates do not say what is needed
   */
  public static Deployment read(Map<String, JsonNode> templates) {
    Stacks stacks = new Stacks();
    Map<String, JsonNode> left = new LinkedHashMap<>(templates);
    while (!left.isEmpty()) {
      String next =
          left.keySet().stream()
              .filter(stack -> stacks.missing(left.get(stack)).isEmpty())
              .findFirst()
              .orElseThrow(
                  () -> {
                    String stack = left.keySet().iterator().next();
                    return new DeploymentException(
                        "stack %s imports %s, which no stack exports"
                            .formatted(stack, String.join(", ", stacks.missing(left.get(stack)))));
                  });
      stacks.deploy(next, left.remove(next));
    }
    return new DeploymentReader(stacks.resources).read();
  }

  /** What a template imports and no stack has exported yet. */
  private Set<String> missing(@Nullable JsonNode template) {
    Set<String> imports = new TreeSet<>(References.exportsIn(Objects.requireNonNull(template)));
    imports.removeAll(exports.keySet());
    return imports;
  }

  private void deploy(String stack, JsonNode root) {
    Template template = Template.of(stack, root, exports);
    DeployedScope scope = new DeployedScope(template.names(), stack);
    Intrinsics values = new Intrinsics(scope, Unknown.IS_AN_ERROR);
    Place place = Place.of(Path.of(stack));
    template
        .existing()
        .forEach(
            (id, resource) ->
                resources.put(
                    scope.id(id),
                    new DeployedResource(
                        id,
                        resource.type(),
                        resolved(resource.properties(), values, place.child(id)))));
    template
        .exports()
        .forEach((name, value) -> exports.put(name, values.text(value, place.child(name))));
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
