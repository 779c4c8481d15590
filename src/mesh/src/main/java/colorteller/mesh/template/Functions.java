package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * CloudFormation's functions.
 *
 * @param scope what the names in them stand for
 * @param values evaluates their arguments
 */
record Functions(Scope scope, Intrinsics values) {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

  /** What a function gives; missing for {@code AWS::NoValue}. */
  JsonNode call(String name, JsonNode function, Place caller) {
    JsonNode argument = function.get(name);
    Place place = caller.child(name);
    return switch (name) {
      case "Ref" -> ref(argument, place);
      case "Fn::GetAtt" -> getAtt(argument, place);
      case "Fn::ImportValue" -> importValue(argument, caller, place);
      case "Fn::Sub" -> sub(argument, place);
      case "Fn::Join" -> join(arguments(argument, 2, 2, place), place);
      default -> {
        try {
          yield new Functions(scope, values.strict()).other(name, argument, caller, place);
        } catch (TemplateException.Symbolic e) {
          yield values.unknown(function, e);
        }
      }
    };
  }

  private JsonNode other(String name, JsonNode argument, Place caller, Place place) {
    return switch (name) {
      case "Fn::Select" -> select(arguments(argument, 2, 2, place), place);
      case "Fn::Split" -> split(arguments(argument, 2, 2, place), place);
      case "Fn::If" -> choose(arguments(argument, 3, 3, place), place);
      case "Fn::FindInMap" -> findInMap(arguments(argument, 3, 4, place), place);
      case "Fn::Cidr" -> cidr(arguments(argument, 2, 3, place), place);
      case "Fn::Base64", "Fn::GetAZs", "Fn::Length", "Fn::ToJsonString", "Fn::Transform" ->
          throw caller.symbolic(
              "%s is not evaluated here; write the value, or make it a parameter"
                  .formatted(show(name, argument)));
      case "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals" ->
          throw caller.error(
              "%s belongs in the section Conditions; name a condition with Fn::If"
                  .formatted(quote(name)));
      default ->
          throw caller.error(
              "%s is no function of CloudFormation; allowed are Ref, Fn::Cidr, Fn::FindInMap, Fn::GetAtt, Fn::If, Fn::ImportValue, Fn::Join, Fn::Select, Fn::Split, Fn::Sub"
                  .formatted(quote(name)));
    };
  }

  private static String show(String name, JsonNode argument) {
    return name + " " + Words.show(argument);
  }

  static List<JsonNode> arguments(JsonNode argument, int least, int most, Place place) {
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
    return name.equals("AWS::NoValue")
        ? MissingNode.getInstance()
        : values.known("Ref", name, () -> scope.ref(name, place));
  }

  private JsonNode getAtt(JsonNode argument, Place place) {
    if (argument.isTextual()) {
      return getAtt(argument.textValue(), place);
    }
    List<JsonNode> parts = arguments(argument, 2, 2, place);
    return attribute(
        values.text(parts.get(0), place.at(0)), values.text(parts.get(1), place.at(1)), place);
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
    return values.known(
        "Fn::GetAtt", id + "." + attribute, () -> scope.attribute(id, attribute, place));
  }

  private JsonNode importValue(JsonNode argument, Place caller, Place place) {
    String export = values.text(argument, place);
    return values.known(
        "Fn::ImportValue",
        export,
        () ->
            scope
                .imported(export)
                .<JsonNode>map(TextNode::new)
                .orElseThrow(() -> caller.symbolic(notImported(export, argument))));
  }

  private String notImported(String export, JsonNode argument) {
    List<String> exports = scope.exports();
    if (exports.isEmpty() || exports.contains(export)) {
      return "the value comes from another stack (%s), which only a deployment knows; write the value, or make it a parameter"
          .formatted(show("Fn::ImportValue", argument));
    }
    String parameters = String.join(", ", References.in(argument));
    return "none of the templates exports %s; they export %s (AWS::StackName is a file's name up to its first dot); %s"
        .formatted(
            quote(export),
            exports.stream().map(Words::quote).collect(Collectors.joining(", ")),
            parameters.isEmpty()
                ? "add the template that does, or write the value"
                : "give %s another value with --parameter, or add the template that exports it"
                    .formatted(parameters));
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
      return values.text(variable, place.child(name));
    }
    return values.text(name.contains(".") ? getAtt(name, place) : ref(name, place), place);
  }

  private static void bounded(StringBuilder text, Place place) {
    if (text.length() > Intrinsics.LONGEST_TEXT) {
      throw place.error("gives more than %d characters".formatted(Intrinsics.LONGEST_TEXT));
    }
  }

  private JsonNode join(List<JsonNode> parts, Place place) {
    if (!parts.get(0).isTextual()) {
      throw place.at(0).error("the delimiter must be text, but is " + Words.show(parts.get(0)));
    }
    String delimiter = parts.get(0).textValue();
    StringBuilder result = new StringBuilder();
    String between = "";
    List<JsonNode> elements = values.list(parts.get(1), place.at(1));
    for (int i = 0; i < elements.size(); i++) {
      result.append(between).append(values.text(elements.get(i), place.at(1).at(i)));
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
    for (String piece : delimiter.split(values.text(parts.get(1), place.at(1)), -1)) {
      result.add(piece);
    }
    return result;
  }

  private JsonNode select(List<JsonNode> parts, Place place) {
    String index = values.text(parts.get(0), place.at(0));
    // What is not selected may be a value that only a deployment knows.
    List<JsonNode> elements =
        values.elements(
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
    return values.resolve(elements.get(Integer.parseInt(index)), place.at(1));
  }

  private JsonNode choose(List<JsonNode> parts, Place place) {
    if (!parts.get(0).isTextual()) {
      throw place
          .at(0)
          .error("must be the name of a condition, but is " + Words.show(parts.get(0)));
    }
    int chosen = scope.condition(parts.get(0).textValue(), place.at(0)) ? 1 : 2;
    return values.resolve(parts.get(chosen), place.at(chosen));
  }

  /** The first blocks of some size in a larger one, of either family. */
  private JsonNode cidr(List<JsonNode> parts, Place place) {
    String text = values.text(parts.get(0), place.at(0));
    int count = number(parts.get(1), 256, place.at(1));
    IPAddress block = new IPAddressString(text).getAddress();
    if (block == null || block.getNetworkPrefixLength() == null) {
      throw place.at(0).error("must be a block such as 10.0.0.0/16, but is " + quote(text));
    }
    // How many bits of an address a subnet leaves to its hosts; 8 is CloudFormation's default.
    int hostBits = parts.size() == 3 ? number(parts.get(2), block.getBitCount(), place.at(2)) : 8;
    int length = block.getBitCount() - hostBits;
    if (length < block.getNetworkPrefixLength()
        || BigInteger.ONE
                .shiftLeft(length - block.getNetworkPrefixLength())
                .compareTo(BigInteger.valueOf(count))
            < 0) {
      throw place.error("%s does not hold %d blocks of /%d".formatted(quote(text), count, length));
    }
    ArrayNode blocks = JsonNodeFactory.instance.arrayNode();
    Iterator<? extends IPAddress> all = block.setPrefixLength(length, false).prefixBlockIterator();
    while (blocks.size() < count) {
      blocks.add(all.next().toCanonicalString());
    }
    return blocks;
  }

  private int number(JsonNode node, int most, Place place) {
    String text = values.text(node, place);
    if (!text.matches("[0-9]{1,3}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > most) {
      throw place.error("must be a number from 1 to %d, but is %s".formatted(most, quote(text)));
    }
    return Integer.parseInt(text);
  }

  private JsonNode findInMap(List<JsonNode> parts, Place place) {
    JsonNode value = scope.mappings(place);
    String what = "mapping";
    for (int i = 0; i < 3; i++) {
      String key = values.text(parts.get(i), place.at(i));
      if (!value.path(key).isMissingNode()) {
        value = value.get(key);
        what = "key";
        continue;
      }
      if (parts.size() == 4 && parts.get(3).has("DefaultValue")) {
        return values.resolve(parts.get(3).get("DefaultValue"), place.at(3).child("DefaultValue"));
      }
      List<String> keys = new ArrayList<>();
      value.fieldNames().forEachRemaining(keys::add);
      throw place
          .at(i)
          .error(
              "there is no %s %s; %s"
                  .formatted(what, quote(key), Words.nearest(key, keys, what + "s")));
    }
    if (value.isObject() || Intrinsics.function(value).isPresent()) {
      throw place.error("leads to an object; a mapping's value is text or a list");
    }
    return value;
  }
}
