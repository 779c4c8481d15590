package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.template.Template.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Resolves CloudFormation's functions, one value at a time and only when it is asked for: what only
 * a deployment knows is an error only where somebody needs it.
 */
final class Intrinsics {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

  /** More than any property of App Mesh holds; ends texts that double at every reference. */
  private static final int LONGEST_TEXT = 10_000;

  private static final int LONGEST_CHAIN = 50;

  private final Map<String, Resource> resources;
  private final Parameters parameters;
  private final PseudoParameters pseudoParameters;
  private final JsonNode mappings;
  private final JsonNode conditions;
  private final Place file;

  // Each may be referred to twice by something that is referred to twice, and so on.
  private final Map<String, Boolean> knownConditions = new LinkedHashMap<>();
  private final Map<String, String> knownProperties = new LinkedHashMap<>();
  private final Set<String> underway = new LinkedHashSet<>();

  Intrinsics(
      Map<String, Resource> resources,
      Parameters parameters,
      PseudoParameters pseudoParameters,
      JsonNode mappings,
      JsonNode conditions,
      Place file) {
    this.resources = resources;
    this.parameters = parameters;
    this.pseudoParameters = pseudoParameters;
    this.mappings = mappings;
    this.conditions = conditions;
    this.file = file;
  }

  String account() {
    return pseudoParameters.account();
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

  /**
   * Resolves the outermost function of a value, not what is inside an object or a list; missing for
   * {@code AWS::NoValue}.
   */
  JsonNode resolve(JsonNode node, Place place) {
    Optional<String> function = function(node);
    if (function.isEmpty()) {
      return node;
    }
    String name = function.get();
    if (node.size() > 1) {
      throw place.error(
          "%s must stand alone, but other keys stand beside it".formatted(quote(name)));
    }
    return call(name, node.get(name), place, place.child(name));
  }

  /** The name of the function that a value calls. */
  static Optional<String> function(JsonNode node) {
    if (!node.isObject()) {
      return Optional.empty();
    }
    return node.propertyStream()
        .map(Map.Entry::getKey)
        .filter(name -> name.equals("Ref") || name.startsWith("Fn::"))
        .findFirst();
  }

  /** The text that a value is; numbers and booleans are text, too. */
  String text(JsonNode node, Place place) {
    JsonNode value = resolve(node, place);
    if (value.isMissingNode()) {
      throw place.error("AWS::NoValue is not allowed here; a value is needed");
    }
    if (value.isContainerNode() || value.isNull()) {
      throw place.error("must be text, but is " + Words.show(value));
    }
    String text = value.asText();
    if (text.contains("{{resolve:")) {
      throw place.symbolic(
          "the dynamic reference %s is resolved only by a deployment; write the value, or make it a parameter"
              .formatted(quote(text)));
    }
    if (text.length() > LONGEST_TEXT) {
      throw place.error("is longer than %d characters".formatted(LONGEST_TEXT));
    }
    return text;
  }

  /** The elements of a list, resolved, without those that are {@code AWS::NoValue}. */
  List<JsonNode> list(JsonNode node, Place place) {
    return elements(node, place, element -> true);
  }

  /**
   * The elements of a list without those that are {@code AWS::NoValue}; of the others, only those
   * that a test asks for are resolved.
   */
  private List<JsonNode> elements(JsonNode node, Place place, Predicate<JsonNode> test) {
    JsonNode value = resolve(node, place);
    if (!value.isArray()) {
      throw place.error("must be a list, but is " + Words.show(value));
    }
    List<JsonNode> elements = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      // A function in a list is resolved here, where its place is known.
      JsonNode element = value.get(i);
      JsonNode resolved = test.test(element) ? resolve(element, place.at(i)) : element;
      if (!resolved.isMissingNode()) {
        elements.add(resolved);
      }
    }
    return elements;
  }

  private JsonNode call(String name, JsonNode argument, Place caller, Place place) {
    return switch (name) {
      case "Ref" -> ref(argument, place);
      case "Fn::GetAtt" -> getAtt(argument, place);
      case "Fn::Sub" -> sub(argument, place);
      case "Fn::Join" -> join(arguments(argument, 2, 2, place), place);
      case "Fn::Select" -> select(arguments(argument, 2, 2, place), place);
      case "Fn::Split" -> split(arguments(argument, 2, 2, place), place);
      case "Fn::If" -> choose(arguments(argument, 3, 3, place), place);
      case "Fn::FindInMap" -> findInMap(arguments(argument, 3, 4, place), place);
      case "Fn::ImportValue" ->
          throw caller.symbolic(
              "the value comes from another stack (%s), which only a deployment knows; write the value, or make it a parameter"
                  .formatted(show(name, argument)));
      case "Fn::Base64",
          "Fn::Cidr",
          "Fn::GetAZs",
          "Fn::Length",
          "Fn::ToJsonString",
          "Fn::Transform" ->
          throw caller.symbolic(
              "%s is not evaluated here; write the value, or make it a parameter"
                  .formatted(show(name, argument)));
      case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals" ->
          throw caller.error(
              "%s belongs in the section Conditions; name a condition with Fn::If"
                  .formatted(quote(name)));
      default ->
          throw caller.error(
              "%s is no function of CloudFormation; allowed are Ref, Fn::FindInMap, Fn::GetAtt, Fn::If, Fn::ImportValue, Fn::Join, Fn::Select, Fn::Split, Fn::Sub"
                  .formatted(quote(name)));
    };
  }

  private static String show(String name, JsonNode argument) {
    return name + " " + Words.show(argument);
  }

  private static List<JsonNode> arguments(JsonNode argument, int least, int most, Place place) {
    if (!argument.isArray() || argument.size() < least || argument.size() > most) {
      throw place.error(
          "needs a list of %s, but has %s"
              .formatted(
                  least == most ? least + " elements" : least + " to " + most + " elements",
                  Words.show(argument)));
    }
    return argument.valueStream().toList();
  }

  private JsonNode ref(JsonNode argument, Place place) {
    if (!argument.isTextual()) {
      throw place.error(
          "must be the name of a parameter or a resource, but is " + Words.show(argument));
    }
    return ref(argument.textValue(), place);
  }

  private JsonNode ref(String name, Place place) {
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

  private JsonNode getAtt(JsonNode argument, Place place) {
    if (argument.isTextual()) {
      return getAtt(argument.textValue(), place);
    }
    List<JsonNode> parts = arguments(argument, 2, 2, place);
    return attribute(text(parts.get(0), place.at(0)), text(parts.get(1), place.at(1)), place);
  }

  private JsonNode getAtt(String dotted, Place place) {
    int dot = dotted.indexOf('.');
    if (dot < 0) {
      throw place.error(
          "needs a resource and its attribute, such as Node.VirtualNodeName, but has "
              + quote(dotted));
    }
    return attribute(dotted.substring(0, dot), dotted.substring(dot + 1), place);
  }

  private JsonNode attribute(String id, String attribute, Place place) {
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
      case "MeshOwner", "ResourceOwner" -> account();
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
    String text = once(what, place, () -> text(value, file.child(id).child(name)));
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

  private JsonNode sub(JsonNode argument, Place place) {
    if (argument.isTextual()) {
      return new TextNode(sub(argument.textValue(), Map.of(), place));
    }
    List<JsonNode> parts = arguments(argument, 2, 2, place);
    if (!parts.get(0).isTextual() || !parts.get(1).isObject()) {
      throw place.error(
          "needs text and an object of its variables, but has " + Words.show(argument));
    }
    Map<String, JsonNode> variables =
        parts
            .get(1)
            .propertyStream()
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    return new TextNode(sub(parts.get(0).textValue(), variables, place.at(0)));
  }

  private String sub(String template, Map<String, JsonNode> variables, Place place) {
    Matcher matcher = VARIABLE.matcher(template);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1);
      matcher.appendReplacement(result, Matcher.quoteReplacement(variable(name, variables, place)));
      bounded(result, place);
    }
    return matcher.appendTail(result).toString();
  }

  private String variable(String name, Map<String, JsonNode> variables, Place place) {
    if (name.startsWith("!")) {
      return "${" + name.substring(1) + "}";
    }
    JsonNode variable = variables.get(name);
    if (variable != null) {
      return text(variable, place.child(name));
    }
    return text(name.contains(".") ? getAtt(name, place) : ref(name, place), place);
  }

  private static void bounded(StringBuilder text, Place place) {
    if (text.length() > LONGEST_TEXT) {
      throw place.error("gives more than %d characters".formatted(LONGEST_TEXT));
    }
  }

  private JsonNode join(List<JsonNode> parts, Place place) {
    if (!parts.get(0).isTextual()) {
      throw place.at(0).error("the delimiter must be text, but is " + Words.show(parts.get(0)));
    }
    String delimiter = parts.get(0).textValue();
    StringBuilder result = new StringBuilder();
    String between = "";
    List<JsonNode> elements = list(parts.get(1), place.at(1));
    for (int i = 0; i < elements.size(); i++) {
      result.append(between).append(text(elements.get(i), place.at(1).at(i)));
      bounded(result, place);
      between = delimiter;
    }
    return new TextNode(result.toString());
  }

  private JsonNode split(List<JsonNode> parts, Place place) {
    if (!parts.get(0).isTextual() || parts.get(0).textValue().isEmpty()) {
      throw place
          .at(0)
          .error(
              "the delimiter must be text of at least one character, but is "
                  + Words.show(parts.get(0)));
    }
    ArrayNode result = JsonNodeFactory.instance.arrayNode();
    Pattern delimiter = Pattern.compile(Pattern.quote(parts.get(0).textValue()));
    for (String piece : delimiter.split(text(parts.get(1), place.at(1)), -1)) {
      result.add(piece);
    }
    return result;
  }

  private JsonNode select(List<JsonNode> parts, Place place) {
    String index = text(parts.get(0), place.at(0));
    // What is not selected may be a value that only a deployment knows.
    List<JsonNode> elements =
        elements(
            parts.get(1),
            place.at(1),
            element ->
                element.has("Fn::If") || element.path("Ref").asText().equals("AWS::NoValue"));
    if (!index.matches("[0-9]{1,6}") || Integer.parseInt(index) >= elements.size()) {
      throw place
          .at(0)
          .error(
              "the index %s is not in the list, which has %d elements, counted from 0"
                  .formatted(quote(index), elements.size()));
    }
    return resolve(elements.get(Integer.parseInt(index)), place.at(1));
  }

  private JsonNode choose(List<JsonNode> parts, Place place) {
    if (!parts.get(0).isTextual()) {
      throw place
          .at(0)
          .error("must be the name of a condition, but is " + Words.show(parts.get(0)));
    }
    int chosen = condition(parts.get(0).textValue(), place.at(0)) ? 1 : 2;
    return resolve(parts.get(chosen), place.at(chosen));
  }

  private JsonNode findInMap(List<JsonNode> parts, Place place) {
    JsonNode value = mappings;
    String what = "mapping";
    for (int i = 0; i < 3; i++) {
      String key = text(parts.get(i), place.at(i));
      if (!value.path(key).isMissingNode()) {
        value = value.get(key);
        what = "key";
        continue;
      }
      if (parts.size() == 4 && parts.get(3).has("DefaultValue")) {
        return resolve(parts.get(3).get("DefaultValue"), place.at(3).child("DefaultValue"));
      }
      List<String> keys = new ArrayList<>();
      value.fieldNames().forEachRemaining(keys::add);
      throw place
          .at(i)
          .error(
              "there is no %s %s; %s"
                  .formatted(what, quote(key), Words.nearest(key, keys, what + "s")));
    }
    if (value.isObject() || function(value).isPresent()) {
      throw place.error("leads to an object; a mapping's value is text or a list");
    }
    return value;
  }

  /** Whether a named condition holds. */
  boolean condition(String name, Place place) {
    Boolean known = knownConditions.get(name);
    if (known != null) {
      return known;
    }
    JsonNode expression = conditions.path(name);
    if (expression.isMissingNode()) {
      List<String> names = new ArrayList<>();
      conditions.fieldNames().forEachRemaining(names::add);
      throw place.error(
          "the template has no condition %s; %s"
              .formatted(quote(name), Words.nearest(name, names, "its conditions")));
    }
    Place at = file.child("Conditions").child(name);
    boolean result = once("Conditions." + name, place, () -> holds(expression, at));
    knownConditions.put(name, result);
    return result;
  }

  private boolean holds(JsonNode expression, Place place) {
    if (!expression.isObject() || expression.size() != 1) {
      throw notACondition(expression, place);
    }
    String name = expression.fieldNames().next();
    JsonNode argument = expression.get(name);
    Place at = place.child(name);
    return switch (name) {
      case "Condition" -> condition(argument.asText(), at);
      case "Fn::Equals" -> {
        List<JsonNode> parts = arguments(argument, 2, 2, at);
        yield text(parts.get(0), at.at(0)).equals(text(parts.get(1), at.at(1)));
      }
      case "Fn::Not" -> !holds(arguments(argument, 1, 1, at).get(0), at.at(0));
      case "Fn::And" -> all(arguments(argument, 2, 10, at), at).stream().allMatch(x -> x);
      case "Fn::Or" -> all(arguments(argument, 2, 10, at), at).stream().anyMatch(x -> x);
      default -> throw notACondition(expression, place);
    };
  }

  /** All are evaluated, so that an error in one is found whatever the others say. */
  private List<Boolean> all(List<JsonNode> expressions, Place place) {
    List<Boolean> results = new ArrayList<>();
    for (int i = 0; i < expressions.size(); i++) {
      results.add(holds(expressions.get(i), place.at(i)));
    }
    return results;
  }

  private static TemplateException notACondition(JsonNode expression, Place place) {
    return place.error(
        "must be one of Fn::And, Fn::Equals, Fn::Not, Fn::Or, Condition, but is "
            + Words.show(expression));
  }

  /** Refuses what leads back to itself, and chains too long to follow. */
  private <T> T once(String what, Place place, Supplier<T> value) {
    if (!underway.add(what)) {
      throw place.error("depends on itself: %s → %s".formatted(String.join(" → ", underway), what));
    }
    try {
      if (underway.size() > LONGEST_CHAIN) {
        throw place.error(
            "is at the end of a chain of more than %d references".formatted(LONGEST_CHAIN));
      }
      return value.get();
    } finally {
      underway.remove(what);
    }
  }
}
