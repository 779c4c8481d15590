package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A CloudFormation template, with values for its parameters. */
public final class Template {

  private static final List<String> SECTIONS =
      List.of(
          "AWSTemplateFormatVersion",
          "Conditions",
          "Description",
          "Hooks",
          "Mappings",
          "Metadata",
          "Outputs",
          "Parameters",
          "Resources",
          "Rules",
          "Transform");

  private static final List<String> RESOURCE_ATTRIBUTES =
      List.of(
          "Condition",
          "CreationPolicy",
          "DeletionPolicy",
          "DependsOn",
          "Metadata",
          "Properties",
          "Type",
          "UpdatePolicy",
          "UpdateReplacePolicy");

  /**
   * A resource as the template has it.
   *
   * @param type the CloudFormation type
   * @param properties its properties, functions unresolved
   * @param condition the name of the condition on which it exists
   */
  public record Resource(String type, JsonNode properties, Optional<String> condition) {}

  private final Path file;
  private final Map<String, Resource> resources;
  private final TemplateScope scope;
  private final JsonNode outputs;

  private Template(Path file, Map<String, String> given, Imports imports, JsonNode root) {
    Place place = Place.of(file);
    this.file = file;
    this.resources = resources(root, place);
    this.outputs = section(root, "Outputs", place);
    this.scope =
        new TemplateScope(
            resources,
            Parameters.read(section(root, "Parameters", place), given, place),
            new PseudoParameters(file, given),
            imports,
            section(root, "Mappings", place),
            section(root, "Conditions", place),
            place);
  }

  /**
   * Reads a template that may import what only a deployment knows.
   *
   * @param file a JSON or YAML file
   * @param parameters values of the template's parameters; pseudo parameters such as {@code
   *     AWS::Region} may be given, too
   * @throws TemplateException if it is not a template, or a parameter's value is not allowed
   */
  public static Template read(Path file, Map<String, String> parameters) {
    return read(file, parameters, Map.of());
  }

  /**
   * Reads a template.
   *
   * @param imports what other stacks export, by the name of the export
   */
  public static Template read(
      Path file, Map<String, String> parameters, Map<String, String> imports) {
    return read(file, parameters, of(imports));
  }

  /**
   * Reads a template.
   *
   * @param imports what other stacks export, by the name of the export; asked when it is needed
   */
  static Template read(Path file, Map<String, String> parameters, Imports imports) {
    return parse(file, TextFile.read(file), parameters, imports);
  }

  /**
   * Reads a template that is in no file.
   *
   * @param name what errors call it
   * @param text JSON or YAML
   * @param parameters as for a file
   * @param imports what other stacks export, by the name of the export
   */
  public static Template of(
      String name, String text, Map<String, String> parameters, Map<String, String> imports) {
    return parse(Path.of(name), text, parameters, of(imports));
  }

  private static Template parse(
      Path file, String text, Map<String, String> parameters, Imports imports) {
    Place place = Place.of(file);
    JsonNode root = isJson(file, text) ? Json.parse(text, place) : Yaml.parse(text, place);
    return new Template(file, parameters, imports, root);
  }

  /**
   * A template that is in no file.
   *
   * @param name what errors call it
   * @param root with a section {@code Resources}
   */
  public static Template of(String name, JsonNode root) {
    return of(name, root, Map.of());
  }

  /**
   * A template that is in no file.
   *
   * @param name what errors call it
   * @param root with a section {@code Resources}
   * @param imports what other stacks export, by the name of the export
   */
  public static Template of(String name, JsonNode root, Map<String, String> imports) {
    return new Template(Path.of(name), Map.of(), of(imports), root);
  }

  private static Imports of(Map<String, String> imports) {
    return export -> Optional.ofNullable(imports.get(export));
  }

  static boolean isJson(Path file, String text) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".json")) {
      return true;
    }
    return !name.endsWith(".yaml") && !name.endsWith(".yml") && text.stripLeading().startsWith("{");
  }

  private static Map<String, Resource> resources(JsonNode root, Place place) {
    if (root.isMissingNode() || root.isNull()) {
      throw place.error("is empty; a template has a section Resources");
    }
    if (!root.isObject()) {
      throw place.error(
          "is not a CloudFormation template: it is %s, and a template is an object with a section Resources"
              .formatted(Words.show(root)));
    }
    root.fieldNames()
        .forEachRemaining(
            name -> {
              if (!SECTIONS.contains(name)) {
                throw place.error(
                    "%s is not a section of a template; %s"
                        .formatted(quote(name), Words.allowed(name, SECTIONS)));
              }
            });
    if (!root.path("Resources").isObject() || root.path("Resources").isEmpty()) {
      throw place.error("has no resources; a template has a section Resources with at least one");
    }
    Map<String, Resource> resources = new LinkedHashMap<>();
    root.path("Resources")
        .properties()
        .forEach(
            entry ->
                resources.put(
                    entry.getKey(), resource(entry.getValue(), place.child(entry.getKey()))));
    return Collections.unmodifiableMap(resources);
  }

  private static Resource resource(JsonNode node, Place place) {
    if (place.path().startsWith("Fn::")) {
      throw place.error(
          "resources that a macro generates are not read; deploy or process the template first, and read the processed one");
    }
    if (!node.isObject()) {
      throw place.error("must be an object with a Type, but is " + Words.show(node));
    }
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!RESOURCE_ATTRIBUTES.contains(name)) {
                throw place
                    .child(name)
                    .error(
                        "is not an attribute of a resource; "
                            + Words.allowed(name, RESOURCE_ATTRIBUTES));
              }
            });
    if (!node.path("Type").isTextual()) {
      throw place.error("has no Type, such as AWS::AppMesh::VirtualNode");
    }
    JsonNode condition = node.path("Condition");
    if (!condition.isMissingNode() && !condition.isTextual()) {
      throw place
          .child("Condition")
          .error("must be the name of a condition, but is " + Words.show(condition));
    }
    return new Resource(
        node.path("Type").textValue(),
        node.has("Properties") ? node.get("Properties") : JsonNodeFactory.instance.objectNode(),
        Optional.ofNullable(condition.textValue()));
  }

  private static JsonNode section(JsonNode root, String name, Place place) {
    JsonNode section = root.path(name);
    if (!section.isMissingNode() && !section.isObject()) {
      throw place.child(name).error("must be an object, but is " + Words.show(section));
    }
    return section;
  }

  /** The file that it was read from. */
  public Path file() {
    return file;
  }

  /** All resources by logical id, in the template's order, whatever their conditions say. */
  public Map<String, Resource> resources() {
    return resources;
  }

  /** The resources that exist, by logical id. */
  public Map<String, Resource> existing() {
    Map<String, Resource> result = new LinkedHashMap<>(resources);
    result.keySet().removeIf(id -> !scope.exists(id));
    return result;
  }

  /** What the names in its functions stand for. */
  public Scope names() {
    return scope;
  }

  /** What it exports: the value, functions unresolved, by the name of the export. */
  public Map<String, JsonNode> exports() {
    Map<String, JsonNode> exports = new LinkedHashMap<>();
    outputs
        .properties()
        .forEach(
            output -> {
              JsonNode name = output.getValue().at("/Export/Name");
              if (!name.isMissingNode()) {
                Place place = Place.of(file).child(output.getKey()).child("Export").child("Name");
                exports.put(intrinsics().text(name, place), output.getValue().path("Value"));
              }
            });
    return exports;
  }

  TemplateScope scope() {
    return scope;
  }

  Intrinsics intrinsics() {
    return scope.intrinsics();
  }

  /** The place of a resource's properties. */
  Place place(String logicalId) {
    return Place.of(file).child(logicalId);
  }

  /** The logical ids of the resources of a type that exist. */
  List<String> existing(String type) {
    return resources.entrySet().stream()
        .filter(entry -> entry.getValue().type().equals(type))
        .map(Map.Entry::getKey)
        .filter(id -> scope.exists(id))
        .toList();
  }
}
