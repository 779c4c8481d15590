package colorteller.review.requests;

import colorteller.mesh.template.References;
import colorteller.review.security.GroupRules;
import colorteller.review.template.CannotTell;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The resources of a template that the CDK has written: values are literals, or lead to another
 * resource. What is neither is not guessed.
 */
final class TemplateResources {

  private final JsonNode template;
  private @Nullable GroupRules groupRules;

  TemplateResources(JsonNode template) {
    this.template = template;
  }

  /** What its security groups let through, read once for all requests. */
  GroupRules groupRules() {
    if (groupRules == null) {
      groupRules = GroupRules.of(template);
    }
    return groupRules;
  }

  /** The logical ids of the resources of a type. */
  List<String> ids(String type) {
    return template
        .path("Resources")
        .propertyStream()
        .filter(resource -> resource.getValue().path("Type").asText().equals(type))
        .peek(
            resource -> {
              if (resource.getValue().has("Condition")) {
                throw new CannotTell("%s exists on a condition only.".formatted(resource.getKey()));
              }
            })
        .map(Map.Entry::getKey)
        .toList();
  }

  boolean has(String id) {
    return template.path("Resources").has(id);
  }

  JsonNode properties(String id) {
    return template.path("Resources").path(id).path("Properties");
  }

  /** A property that must be a literal. */
  String text(String id, String property) {
    return literal(properties(id).path(property), property + " of " + id);
  }

  /** The elements of a property; none if it is not set. */
  List<JsonNode> list(String id, String property) {
    return elements(properties(id).path(property), property + " of " + id);
  }

  static String literal(JsonNode node, String what) {
    if (!node.isValueNode() || node.isNull()) {
      throw new CannotTell("%s is not a literal value.".formatted(what));
    }
    return node.asText();
  }

  static List<JsonNode> elements(JsonNode node, String what) {
    if (!node.isMissingNode() && !node.isArray()) {
      throw new CannotTell("%s is not a literal list.".formatted(what));
    }
    return node.valueStream().toList();
  }

  static boolean leadsTo(JsonNode node, String id) {
    return References.to(node).filter(id::equals).isPresent();
  }

  /** The logical id that a value leads to, which must be here. */
  String referred(JsonNode node, String from) {
    String id =
        References.to(node)
            .orElseThrow(
                () ->
                    new CannotTell(
                        "%s refers to something else than a resource here.".formatted(from)));
    Stopped.unless(has(id), "%s refers to %s, which is not there.".formatted(from, id));
    return id;
  }

  /** The security groups that something has. */
  static List<String> groups(JsonNode properties, String who) {
    return elements(properties.path("SecurityGroups"), "SecurityGroups of " + who).stream()
        .map(group -> References.to(group).orElseGet(group::toString))
        .toList();
  }

  /** The resource that an export of this template names. */
  Optional<String> exported(String export) {
    return template
        .path("Outputs")
        .valueStream()
        .filter(output -> output.at("/Export/Name").asText().equals(export))
        .flatMap(output -> References.to(output.path("Value")).stream())
        .findFirst();
  }
}
