package colorteller.cli.review;

import static java.util.Comparator.comparing;

import colorteller.cli.review.ResourceChange.Kind;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads what changes in a stack from what CDK's difference engine says. */
final class StackChanges {

  private StackChanges() {}

  /** The engine's words. */
  private static final Map<String, Kind> KINDS =
      Map.of(
          "WILL_REPLACE", Kind.REPLACED,
          "MAY_REPLACE", Kind.MAY_BE_REPLACED,
          "WILL_DESTROY", Kind.REMOVED,
          "WILL_ORPHAN", Kind.REMOVED,
          "WILL_CREATE", Kind.ADDED,
          "WILL_IMPORT", Kind.ADDED,
          "WILL_UPDATE", Kind.UPDATED,
          "NO_CHANGE", Kind.UPDATED);

  static StackChange of(DifferenceEngine.Pair pair, JsonNode difference) {
    List<ResourceChange> resources = new ArrayList<>();
    for (JsonNode change : difference.path("resources")) {
      String id = change.path("id").asText();
      Kind kind = KINDS.getOrDefault(change.path("impact").asText(), Kind.UPDATED);
      JsonNode then = pair.before().path("Resources").path(id);
      JsonNode now = pair.after().path("Resources").path(id);
      List<String> properties = new ArrayList<>();
      change.path("properties").forEach(p -> properties.add(p.asText()));
      change.path("others").forEach(o -> properties.add(o.asText()));
      boolean both = !then.isMissingNode() && !now.isMissingNode();
      // A change of the type is a removal and an addition to the engine.
      resources.add(
          new ResourceChange(
              both && kind == Kind.REMOVED ? Kind.REPLACED : kind,
              change.path("type").asText(),
              name(id, now.isMissingNode() ? then : now),
              both ? List.copyOf(properties) : List.of()));
    }
    resources.sort(
        comparing(ResourceChange::kind)
            .thenComparing(ResourceChange::type)
            .thenComparing(ResourceChange::name));
    List<String> others = new ArrayList<>();
    difference
        .path("sections")
        .properties()
        .forEach(
            section ->
                section
                    .getValue()
                    .forEach(name -> others.add(section.getKey() + " " + name.asText())));
    return new StackChange(
        pair.stack(), List.of(pair.stage()), List.copyOf(resources), List.copyOf(others));
  }

  /** A name that a person gave, or the logical id without CDK's hash. */
  private static String name(String id, JsonNode resource) {
    return resource.path("Properties").properties().stream()
        .filter(property -> property.getKey().matches("Name|Family|" + own(resource)))
        .filter(property -> property.getValue().isTextual())
        .map(property -> property.getValue().asText())
        .findFirst()
        .orElse(id)
        .replaceFirst("(?<=.)[0-9A-F]{8}(VERSION_HASH)?$", "");
  }

  /** Such as VirtualNodeName of AWS::AppMesh::VirtualNode. */
  private static String own(JsonNode resource) {
    String type = resource.path("Type").asText();
    return type.substring(type.lastIndexOf(':') + 1) + "Name";
  }
}
