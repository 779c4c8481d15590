package colorteller.review.stacks;

import static java.util.Comparator.comparing;

import colorteller.review.stacks.ResourceChange.Kind;
import colorteller.review.template.ChangedTemplate;
import colorteller.review.template.Difference;
import colorteller.review.template.TemplateSet;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads what changes in a stack from what CDK's difference engine says. */
public final class StackChanges {

  /** The engine's words. */
  private static final Map<String, Kind> KINDS =
      Map.of(
          "WILL_REPLACE", Kind.REPLACED,
          "MAY_REPLACE", Kind.MAY_BE_REPLACED,
          "WILL_DESTROY", Kind.REMOVED,
          "WILL_ORPHAN", Kind.LEFT,
          "WILL_CREATE", Kind.ADDED,
          "WILL_UPDATE", Kind.UPDATED,
          // An attribute such as DependsOn changes, no property.
          "NO_CHANGE", Kind.UPDATED);

  /** Within which a resource's name must be the only one. */
  private static final List<String> SCOPES =
      List.of("MeshName", "VirtualGatewayName", "VirtualRouterName", "NamespaceId", "Cluster");

  private static final String TAKEN =
      "The new one is made before the old one is deleted, and the name is taken: give it another.";

  private final ChangedTemplate pair;
  private final JsonNode difference;
  private final Exports exports;

  private StackChanges(ChangedTemplate pair, JsonNode difference, Exports exports) {
    this.pair = pair;
    this.difference = difference;
    this.exports = exports;
  }

  /**
   * What changes.
   *
   * @param difference an entry that {@code difference.js} writes
   * @param exports who imports what
   */
  public static StackChange of(ChangedTemplate pair, JsonNode difference, Exports exports) {
    return new StackChanges(pair, difference, exports).read();
  }

  private StackChange read() {
    Optional<Kind> whole =
        pair.before().isEmpty()
            ? Optional.of(Kind.ADDED)
            : pair.after().isEmpty() ? Optional.of(Kind.REMOVED) : Optional.empty();
    List<ResourceChange> resources =
        difference
            .path("resources")
            .valueStream()
            .map(this::resource)
            .sorted(
                comparing(ResourceChange::kind)
                    .thenComparing(ResourceChange::type)
                    .thenComparing(ResourceChange::name))
            .toList();
    List<String> others = new ArrayList<>();
    difference
        .path("sections")
        .properties()
        .forEach(
            section ->
                section
                    .getValue()
                    .forEach(
                        name ->
                            others.add(
                                "%s %s".formatted(section.getKey(), name.asText()).strip())));
    return new StackChange(
        pair.stack(),
        List.of(pair.stage()),
        whole,
        resources,
        List.copyOf(others),
        exports.removedThoughImported(pair));
  }

  private ResourceChange resource(JsonNode change) {
    String id = change.path("id").asText();
    JsonNode then = pair.before().path("Resources").path(id);
    JsonNode now = pair.after().path("Resources").path(id);
    String type = change.path("type").asText();
    Kind kind = KINDS.get(change.path("impact").asText());
    if (kind == null) {
      throw new IllegalStateException("CDK's difference engine says " + change.path("impact"));
    }
    Consequence consequence = Consequence.of(type);
    String meaning =
        switch (kind) {
          case REPLACED, MAY_BE_REPLACED -> consequence.replaced();
          case REMOVED -> consequence.removed();
          default -> "";
        };
    Set<String> importers = kind == Kind.REPLACED ? exports.importersOf(pair, id) : Set.of();
    if (takesAName(kind, id, now)) {
      kind = Kind.REFUSED;
      meaning = TAKEN;
    } else if (!importers.isEmpty()) {
      kind = Kind.REFUSED;
      meaning =
          "It would be replaced, which cannot be while %s import%s what it exports."
              .formatted(String.join(", ", importers), importers.size() == 1 ? "s" : "");
    }
    String name = name(id, now.isMissingNode() ? then : now);
    boolean both = !then.isMissingNode() && !now.isMissingNode();
    return new ResourceChange(
        kind,
        type,
        name,
        both ? Optional.of(name(id, then)).filter(old -> !old.equals(name)) : Optional.empty(),
        both
            ? Stream.of("properties", "others")
                .flatMap(list -> change.path(list).valueStream())
                .map(JsonNode::asText)
                .toList()
            : List.of(),
        both
            ? Difference.between(then.path("Properties"), now.path("Properties")).stream()
                .map(Difference::line)
                .toList()
            : List.of(),
        meaning);
  }

  /** Whether a new resource has the name of one that CloudFormation deletes only afterwards. */
  private boolean takesAName(Kind kind, String id, JsonNode now) {
    String type = now.path("Type").asText();
    // A task definition's family has revisions, an inline policy is its role's.
    if (type.equals("AWS::ECS::TaskDefinition")
        || type.equals("AWS::IAM::Policy")
        || givenName(now).isEmpty()) {
      return false;
    }
    return switch (kind) {
      case REPLACED -> isSameName(pair.before().path("Resources").path(id), now);
      case ADDED ->
          pair.before()
              .path("Resources")
              .propertyStream()
              .filter(old -> !pair.after().path("Resources").has(old.getKey()))
              .anyMatch(old -> isSameName(old.getValue(), now));
      default -> false;
    };
  }

  private static boolean isSameName(JsonNode one, JsonNode other) {
    return one.path("Type").equals(other.path("Type"))
        && givenName(one).equals(givenName(other))
        && SCOPES.stream()
            .allMatch(
                scope ->
                    one.path("Properties")
                        .path(scope)
                        .equals(other.path("Properties").path(scope)));
  }

  /** A name that a person gave, or the logical id without CDK's hash. */
  private static String name(String id, JsonNode resource) {
    return givenName(resource)
        .filter(given -> !given.equals(id))
        .orElseGet(() -> TemplateSet.withoutHash(id));
  }

  private static Optional<String> givenName(JsonNode resource) {
    String type = resource.path("Type").asText();
    // Such as VirtualNodeName of AWS::AppMesh::VirtualNode.
    String own = type.substring(type.lastIndexOf(':') + 1) + "Name";
    return Stream.of("Name", "Family", "GroupName", own)
        .map(property -> resource.path("Properties").path(property))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText)
        .findFirst();
  }
}
