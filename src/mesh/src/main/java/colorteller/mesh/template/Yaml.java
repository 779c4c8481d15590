package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads YAML as CloudFormation does: the short forms of functions become their long forms, and
 * aliases and merges are not allowed.
 *
 * <p>Only what JSON writes the same way is a number, a boolean or null. The rest of YAML 1.1's
 * words ({@code on}, {@code 2010-09-09}, {@code 1_000}, {@code 012345678901}) stays the text that
 * somebody wrote.
 */
final class Yaml {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,99})");
  private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]{0,99})\\.[0-9]{1,99}");

  private static final List<String> SHORT_FORMS =
      List.of(
          "And",
          "Base64",
          "Cidr",
          "Condition",
          "Equals",
          "FindInMap",
          "GetAtt",
          "GetAZs",
          "If",
          "ImportValue",
          "Join",
          "Length",
          "Not",
          "Or",
          "Ref",
          "Select",
          "Split",
          "Sub",
          "ToJsonString",
          "Transform");

  private final Place place;

  private Yaml(Place place) {
    this.place = place;
  }

  /** A template as JSON. */
  static JsonNode parse(String text, Place place) {
    return compose(text, place).map(new Yaml(place)::json).orElse(JSON.missingNode());
  }

  /** The one document of a file, with the lines that everything stands on; empty if it is empty. */
  static Optional<Node> compose(String text, Place place) {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(Json.DEEPEST);
    // An anchor is an error of its own, which says more than this limit would.
    options.setMaxAliasesForCollections(Integer.MAX_VALUE);
    try {
      return Optional.ofNullable(
          new org.yaml.snakeyaml.Yaml(options).compose(new StringReader(text)));
    } catch (MarkedYAMLException e) {
      throw place.error(
          "is not YAML: %s%s".formatted(position(e.getProblemMark()), e.getProblem()));
    } catch (YAMLException e) {
      throw place.error("is not YAML: " + e.getMessage());
    }
  }

  /** The line of each key of the file's outermost mapping. */
  static Map<String, Integer> keyLines(String text, Place place) {
    Map<String, Integer> lines = new LinkedHashMap<>();
    if (compose(text, place).orElse(null) instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key) {
          lines.put(key.getValue(), key.getStartMark().getLine() + 1);
        }
      }
    }
    return lines;
  }

  private static String position(@Nullable Mark mark) {
    return mark == null
        ? ""
        : "line %d, column %d: ".formatted(mark.getLine() + 1, mark.getColumn() + 1);
  }

  private TemplateException error(Node node, String problem) {
    return place.error(position(node.getStartMark()) + problem);
  }

  private JsonNode json(Node node) {
    if (node.getAnchor() != null) {
      throw error(
          node,
          "the anchor %s: CloudFormation does not support YAML aliases; write the value out"
              .formatted(quote("&" + node.getAnchor())));
    }
    String tag = node.getTag().getValue();
    if (tag.startsWith("!") && tag.length() > 1) {
      return longForm(node, tag.substring(1));
    }
    if (node instanceof ScalarNode scalar) {
      return scalar(scalar);
    }
    if (!node.getTag().equals(node instanceof MappingNode ? Tag.MAP : Tag.SEQ)
        && !tag.equals("!")) {
      throw unknownTag(node);
    }
    return collection(node);
  }

  private JsonNode longForm(Node node, String name) {
    if (!SHORT_FORMS.contains(name)) {
      throw error(
          node,
          "%s is no function of CloudFormation; %s"
              .formatted(quote("!" + name), Words.allowed(name, SHORT_FORMS)));
    }
    JsonNode argument =
        node instanceof ScalarNode scalar ? JSON.textNode(scalar.getValue()) : collection(node);
    String key = name.equals("Ref") || name.equals("Condition") ? name : "Fn::" + name;
    return JSON.objectNode().set(key, argument);
  }

  private JsonNode collection(Node node) {
    if (node instanceof SequenceNode sequence) {
      ArrayNode array = JSON.arrayNode();
      sequence.getValue().forEach(element -> array.add(json(element)));
      return array;
    }
    ObjectNode object = JSON.objectNode();
    for (NodeTuple tuple : ((MappingNode) node).getValue()) {
      String key = key(tuple.getKeyNode());
      if (object.has(key)) {
        throw error(
            tuple.getKeyNode(), "the key %s is there twice; keep one".formatted(quote(key)));
      }
      object.set(key, json(tuple.getValueNode()));
    }
    return object;
  }

  private String key(Node node) {
    if (node.getTag().equals(Tag.MERGE)) {
      throw error(node, "CloudFormation does not support YAML merges ('<<'); write the keys out");
    }
    if (node instanceof ScalarNode scalar
        && scalar.getAnchor() == null
        && !scalar.getTag().getValue().startsWith("!")) {
      return scalar.getValue();
    }
    throw error(node, "a key must be plain text");
  }

  private JsonNode scalar(ScalarNode node) {
    String value = node.getValue();
    if (node.getTag().equals(Tag.STR) || node.getTag().getValue().equals("!")) {
      return JSON.textNode(value);
    }
    if (!node.isPlain() || node.getTag().equals(Tag.BINARY)) {
      throw unknownTag(node);
    }
    return switch (value) {
      case "", "~", "null", "Null", "NULL" -> JSON.nullNode();
      case "true", "True", "TRUE" -> JSON.booleanNode(true);
      case "false", "False", "FALSE" -> JSON.booleanNode(false);
      default -> number(value);
    };
  }

  private static JsonNode number(String value) {
    if (INTEGER.matcher(value).matches()) {
      return value.length() < 10
          ? JSON.numberNode(Integer.parseInt(value))
          : JSON.numberNode(new BigInteger(value));
    }
    return DECIMAL.matcher(value).matches()
        ? JSON.numberNode(new BigDecimal(value))
        : JSON.textNode(value);
  }

  private TemplateException unknownTag(Node node) {
    return error(
        node,
        "the YAML tag %s is not supported by CloudFormation; leave it out"
            .formatted(quote(node.getTag().getValue().replace("tag:yaml.org,2002:", "!!"))));
  }
}
