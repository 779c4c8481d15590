package colorteller.review.security;

import colorteller.mesh.template.References;
import colorteller.review.template.TemplateSet;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;

/**
 * Logical ids of which only CDK's hash changed, since the construct moved in its tree.
 *
 * @param ids the new ids by the old ones
 */
record MovedIds(Map<String, String> ids) {

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
    ObjectNode renamed = (ObjectNode) References.renamed(template, this::renamed);
    ObjectNode resources = JsonNodeFactory.instance.objectNode();
    renamed
        .path("Resources")
        .properties()
        .forEach(e -> resources.set(renamed(e.getKey()), e.getValue()));
    return renamed.set("Resources", resources);
  }

  private String renamed(String id) {
    return ids.getOrDefault(id, id);
  }
}
