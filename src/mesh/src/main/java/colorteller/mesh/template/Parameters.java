package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.StreamSupport;

/**
 * The template's parameters with the values they have: the given one, else the default. Constraints
 * are checked at once; a parameter without any value is an error only where it is needed, so that a
 * large template's mesh can be read without its other parameters.
 */
final class Parameters {

  /** CloudFormation's limit for a parameter's value. */
  private static final int LONGEST_VALUE = 4096;

  private static final List<String> ATTRIBUTES =
      List.of(
          "AllowedPattern",
          "AllowedValues",
          "ConstraintDescription",
          "Default",
          "Description",
          "MaxLength",
          "MaxValue",
          "MinLength",
          "MinValue",
          "NoEcho",
          "Type");

  /** A value, or why it is not known. */
  private record Value(Optional<JsonNode> value, String whyNot) {}

  private final Map<String, Value> values = new LinkedHashMap<>();

  private Parameters() {}

  static Parameters read(JsonNode section, Map<String, String> given, Place place) {
    Parameters parameters = new Parameters();
    List<String> names = new ArrayList<>();
    section.fieldNames().forEachRemaining(names::add);
    for (String name : new TreeSet<>(given.keySet())) {
      if (!names.contains(name) && !PseudoParameters.NAMES.contains(name)) {
        throw place.error(
            "the template has no parameter %s, which was given; %s"
                .formatted(quote(name), Words.nearest(name, names, "its parameters")));
      }
    }
    section
        .properties()
        .forEach(
            entry -> {
              String name = entry.getKey();
              Place at = place.child("Parameters").child(name);
              parameters.values.put(
                  name, value(entry.getValue(), Optional.ofNullable(given.get(name)), at));
            });
    return parameters;
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  Collection<String> names() {
    return values.keySet();
  }

  /** A parameter's value: text, or a list of texts. */
  JsonNode value(String name, Place place) {
    Value value = values.get(name);
    if (value == null) {
      throw place.error("there is no parameter " + quote(name));
    }
    return value.value().orElseThrow(() -> place.symbolic(value.whyNot().formatted(quote(name))));
  }

  private static Value value(JsonNode declaration, Optional<String> given, Place place) {
    if (!declaration.isObject()) {
      throw place.error(
          "must be an object with a Type, but is %s".formatted(Words.show(declaration)));
    }
    declaration
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!ATTRIBUTES.contains(name)) {
                throw place
                    .child(name)
                    .error("is not an attribute; " + Words.allowed(name, ATTRIBUTES));
              }
            });
    String type = declaration.path("Type").asText();
    if (!type.equals("String")
        && !type.equals("Number")
        && !type.equals("CommaDelimitedList")
        && !type.equals("List<Number>")
        && !type.startsWith("AWS::")
        && !type.startsWith("List<AWS::")) {
      throw place
          .child("Type")
          .error(
              "%s is not a parameter type; allowed are String, Number, List<Number>, CommaDelimitedList and CloudFormation's AWS::… types"
                  .formatted(quote(type)));
    }
    JsonNode standard = declaration.path("Default");
    if (standard.isContainerNode() || standard.isNull()) {
      throw place
          .child("Default")
          .error("must be text or a number, but is " + Words.show(standard));
    }
    Optional<String> text =
        given.or(
            () -> standard.isMissingNode() ? Optional.empty() : Optional.of(standard.asText()));
    if (type.startsWith("AWS::SSM::Parameter::Value<")) {
      return new Value(
          Optional.empty(),
          "the value of parameter %s is in the Systems Manager Parameter Store, which only a deployment reads; write the value, or make the parameter's Type String");
    }
    if (text.isEmpty()) {
      return new Value(
          Optional.empty(), "parameter %s has no Default and no value was given; give it one");
    }
    boolean secret = declaration.path("NoEcho").asBoolean();
    return new Value(Optional.of(checked(declaration, type, text.get(), secret, place)), "");
  }

  private static JsonNode checked(
      JsonNode declaration, String type, String value, boolean secret, Place place) {
    if (value.length() > LONGEST_VALUE) {
      throw place.error(
          "the value has %d characters; CloudFormation allows %d"
              .formatted(value.length(), LONGEST_VALUE));
    }
    if (!type.startsWith("List<") && !type.equals("CommaDelimitedList")) {
      check(declaration, type.equals("Number"), value, secret, place);
      return new TextNode(value);
    }
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    if (!value.isEmpty()) {
      for (String element : Arrays.asList(value.split(",", -1))) {
        check(declaration, type.equals("List<Number>"), element.strip(), secret, place);
        list.add(element.strip());
      }
    }
    return list;
  }

  private static void check(
      JsonNode declaration, boolean number, String value, boolean secret, Place place) {
    String shown = secret ? "the value (NoEcho, not shown)" : quote(value);
    JsonNode allowedValues = declaration.path("AllowedValues");
    if (allowedValues.isArray()) {
      List<String> words =
          StreamSupport.stream(allowedValues.spliterator(), false).map(JsonNode::asText).toList();
      if (!words.contains(value)) {
        throw place.error(
            "%s is not allowed; %s"
                .formatted(shown, secret ? "see AllowedValues" : Words.allowed(value, words)));
      }
    }
    if (number) {
      Optional<BigDecimal> parsed = decimal(value);
      if (parsed.isEmpty()) {
        throw place.error(shown + " is not a number, and the parameter's Type is Number");
      }
      limits(declaration, "MinValue", "MaxValue", parsed.get(), shown, place);
      return;
    }
    limits(
        declaration,
        "MinLength",
        "MaxLength",
        BigDecimal.valueOf(value.length()),
        shown + " has " + value.length() + " characters, which",
        place);
    String pattern = declaration.path("AllowedPattern").asText("");
    if (!pattern.isEmpty() && !matches(pattern, value, place)) {
      throw place.error(
          "%s does not match AllowedPattern %s%s"
              .formatted(shown, quote(pattern), description(declaration)));
    }
  }

  private static String description(JsonNode declaration) {
    String text = declaration.path("ConstraintDescription").asText("");
    return text.isEmpty() ? "" : " (" + text + ")";
  }

  private static boolean matches(String pattern, String value, Place place) {
    try {
      return Pattern.matches(pattern, value);
    } catch (PatternSyntaxException e) {
      throw place
          .child("AllowedPattern")
          .error(
              "%s is not a regular expression: %s".formatted(quote(pattern), e.getDescription()));
    } catch (StackOverflowError e) {
      // Java matches alternatives in a repetition by recursion.
      throw place
          .child("AllowedPattern")
          .error("%s is too deep for a value of this length".formatted(quote(pattern)));
    }
  }

  private static void limits(
      JsonNode declaration, String min, String max, BigDecimal value, String shown, Place place) {
    if (bound(declaration, min, place).filter(bound -> value.compareTo(bound) < 0).isPresent()) {
      throw place.error(
          "%s is less than %s %s".formatted(shown, min, declaration.path(min).asText()));
    }
    if (bound(declaration, max, place).filter(bound -> value.compareTo(bound) > 0).isPresent()) {
      throw place.error(
          "%s is more than %s %s".formatted(shown, max, declaration.path(max).asText()));
    }
  }

  private static Optional<BigDecimal> bound(JsonNode declaration, String name, Place place) {
    JsonNode node = declaration.path(name);
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    Optional<BigDecimal> bound = decimal(node.asText());
    if (bound.isEmpty()) {
      throw place.child(name).error(Words.show(node) + " is not a number");
    }
    return bound;
  }

  private static Optional<BigDecimal> decimal(String text) {
    // An exponent of nine digits would make comparing take forever.
    if (!text.matches("[+-]?[0-9]{1,40}(\\.[0-9]{1,40})?")) {
      return Optional.empty();
    }
    return Optional.of(new BigDecimal(text));
  }
}
