package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.template.Intrinsics.Unknown;
import colorteller.mesh.template.Template.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the names in a template's functions stand for before it is deployed. */
final class TemplateScope implements Scope {

  private final Map<String, Resource> resources;
  private final Parameters parameters;
  private final PseudoParameters pseudoParameters;
  private final Imports imports;
  private final JsonNode mappings;
  private final Conditions conditions;
  private final Place file;

  private final Intrinsics intrinsics = new Intrinsics(this, Unknown.IS_AN_ERROR);
  private final Map<String, TemplateException> taken = new LinkedHashMap<>();
  private final Intrinsics taking = new Intrinsics(this, this::take);
  private final Underway underway = new Underway();
  // Each may be referred to twice by something that is referred to twice, and so on.
  private final Map<String, String> knownProperties = new LinkedHashMap<>();

  TemplateScope(
      Map<String, Resource> resources,
      Parameters parameters,
      PseudoParameters pseudoParameters,
      Imports imports,
      JsonNode mappings,
      JsonNode conditions,
      Place file) {
    this.resources = resources;
    this.parameters = parameters;
    this.pseudoParameters = pseudoParameters;
    this.imports = imports;
    this.mappings = mappings;
    this.conditions = new Conditions(conditions, file, intrinsics, underway);
    this.file = file;
  }

  /** Evaluates what the template has; what only a deployment knows is an error. */
  Intrinsics intrinsics() {
    return intrinsics;
  }

  /**
   * Evaluates what the template has. What only a deployment knows is taken as given: its own name,
   * such as {@code Certificate} or {@code Balancer.DNSName}, stands for it.
   */
  Intrinsics taking() {
    return taking;
  }

  /** What was taken as given so far, and why it is not known where it was met first. */
  Map<String, TemplateException> taken() {
    return taken;
  }

  private JsonNode take(JsonNode function, Optional<String> reference, TemplateException why) {
    String name =
        reference
            .or(() -> Optional.ofNullable(function.textValue()))
            .orElseThrow(() -> why)
            .replaceAll("[^A-Za-z0-9._-]+", "-");
    taken.putIfAbsent(name, why);
    return new TextNode(name);
  }

  /** Whether a resource's condition lets it exist. */
  boolean exists(String logicalId) {
    Resource resource = resources.get(logicalId);
    return resource != null
        && resource
            .condition()
            .map(name -> condition(name, file.child(logicalId).child("Condition")))
            .orElse(true);
  }

  @Override
  public boolean condition(String name, Place place) {
    return conditions.holds(name, place);
  }

  @Override
  public JsonNode mappings(Place place) {
    return mappings;
  }

  @Override
  public Optional<String> imported(String export) {
    return imports.value(export);
  }

  @Override
  public List<String> exports() {
    return imports.names();
  }

  @Override
  public JsonNode ref(String name, Place place) {
    if (PseudoParameters.NAMES.contains(name)) {
      return pseudoParameters.value(name);
    }
    if (parameters.has(name)) {
      return parameters.value(name, place);
    }
    Resource resource = existing(name, place);
    if (AppMeshSchema.has(resource.type())) {
      return new TextNode(arn(name, resource, place));
    }
    throw foreign(name, resource, place);
  }

  private Resource existing(String name, Place place) {
    Resource resource = resources.get(name);
    if (resource == null) {
      throw place.error(
          "the template has no parameter or resource %s; %s"
              .formatted(
                  quote(name),
                  Words.nearest(
                      name,
                      Stream.concat(parameters.names().stream(), resources.keySet().stream())
                          .toList(),
                      "its parameters and resources")));
    }
    if (!exists(name)) {
      throw place.error(
          "the resource %s does not exist, because its condition %s is false"
              .formatted(quote(name), quote(resource.condition().orElseThrow())));
    }
    return resource;
  }

  private static TemplateException foreign(String what, Resource resource, Place place) {
    return place.symbolic(
        "the value of %s (%s) is known only after a deployment; write the value, or make it a parameter"
            .formatted(quote(what), resource.type()));
  }

  @Override
  public JsonNode attribute(String id, String attribute, Place place) {
    Resource resource = existing(id, place);
    if (AppMeshSchema.has(resource.type())) {
      return new TextNode(appMeshAttribute(id, resource, attribute, place));
    }
    if (resource.type().startsWith("AWS::ServiceDiscovery::") && attribute.equals("Name")) {
      return new TextNode(property(id, resource, "Name", place));
    }
    throw foreign(id + "." + attribute, resource, place);
  }

  private String appMeshAttribute(String id, Resource resource, String attribute, Place place) {
    List<String> names = AppMeshSchema.nameProperties(resource.type());
    if (names.contains(attribute)) {
      return property(id, resource, attribute, place);
    }
    return switch (attribute) {
      case "Arn" -> arn(id, resource, place);
      case "MeshOwner", "ResourceOwner" -> pseudoParameters.account();
      case "Id", "Uid" -> throw foreign(id + "." + attribute, resource, place);
      default ->
          throw place.error(
              "%s (%s) has no attribute %s; %s"
                  .formatted(
                      quote(id),
                      resource.type(),
                      quote(attribute),
                      Words.allowed(
                          attribute,
                          Stream.concat(
                                  Stream.of("Arn", "MeshOwner", "ResourceOwner", "Uid"),
                                  names.stream())
                              .toList())));
    };
  }

  /** The name of an App Mesh resource: the one that it is given, else its logical id. */
  String name(String id, Resource resource) {
    return property(id, resource, AppMeshSchema.nameProperty(resource.type()), file.child(id));
  }

  private String property(String id, Resource resource, String name, Place place) {
    JsonNode value = resource.properties().path(name);
    if (value.isMissingNode()
        && AppMeshSchema.has(resource.type())
        && name.equals(AppMeshSchema.nameProperty(resource.type()))) {
      return id;
    }
    if (value.isMissingNode()) {
      throw foreign(id + "." + name, resource, place);
    }
    String what = id + "." + name;
    String known = knownProperties.get(what);
    if (known != null) {
      return known;
    }
    String text =
        underway.once(
            what,
            place,
            () ->
                (AppMeshSchema.has(resource.type()) ? taking : intrinsics)
                    .text(value, file.child(id).child(name)));
    knownProperties.put(what, text);
    return text;
  }

  private String arn(String id, Resource resource, Place place) {
    StringBuilder path = new StringBuilder();
    for (String name : AppMeshSchema.nameProperties(resource.type())) {
      String kind = name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
      path.append(path.isEmpty() ? "" : "/")
          .append(kind, 0, kind.length() - "Name".length())
          .append('/')
          .append(property(id, resource, name, place));
    }
    return pseudoParameters.appMeshArn(path.toString());
  }
}
