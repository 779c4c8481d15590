package colorteller.mesh.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What values of a template refer to: the names in them, whatever these stand for. */
public final class References {

  private static final Pattern VARIABLE = Pattern.compile("(?<=\\$\\{)\\w+(?=[.}])");

  private References() {}

  /** The logical id that a {@code Ref} or {@code Fn::GetAtt} leads to. */
  public static Optional<String> to(JsonNode value) {
    JsonNode attribute = value.path("Fn::GetAtt");
    return Optional.ofNullable(value.path("Ref").textValue())
        .or(() -> Optional.ofNullable(attribute.path(0).textValue()))
        .or(
            () ->
                Optional.ofNullable(attribute.textValue())
                    .map(dotted -> dotted.split("\\.", 2)[0]));
  }

  /** The name of the export that an {@code Fn::ImportValue} names. */
  public static Optional<String> toExport(JsonNode value) {
    return Optional.ofNullable(value.path("Fn::ImportValue").textValue());
  }

  /** All logical ids that a value refers to, wherever in it. */
  public static Set<String> in(JsonNode value) {
    Set<String> ids = new LinkedHashSet<>();
    renamed(
        value,
        id -> {
          ids.add(id);
          return id;
        });
    return ids;
  }

  /** All names of exports that a value names, wherever in it. */
  public static Set<String> exportsIn(JsonNode value) {
    Set<String> names = new LinkedHashSet<>();
    value.findParents("Fn::ImportValue").forEach(i -> toExport(i).ifPresent(names::add));
    return names;
  }

  /** A value that refers to other logical ids, and is otherwise the same. */
  public static JsonNode renamed(JsonNode value, UnaryOperator<String> id) {
    if (value.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      value.forEach(member -> array.add(renamed(member, id)));
      return array;
    }
    if (!value.isObject()) {
      return value;
    }
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> member : value.properties()) {
      JsonNode argument = member.getValue();
      object.set(
          member.getKey(),
          switch (member.getKey()) {
            case "Ref" ->
                argument.isTextual() ? new TextNode(id.apply(argument.textValue())) : argument;
            case "Fn::GetAtt" -> attribute(argument, id);
            case "Fn::Sub" -> substitution(argument, id);
            default -> renamed(argument, id);
          });
    }
    return object;
  }

  private static JsonNode attribute(JsonNode argument, UnaryOperator<String> id) {
    if (argument.isTextual()) {
      String[] parts = argument.textValue().split("\\.", 2);
      return new TextNode(id.apply(parts[0]) + argument.textValue().substring(parts[0].length()));
    }
    return first(argument, name -> new TextNode(id.apply(name.asText())), id);
  }

  private static JsonNode substitution(JsonNode argument, UnaryOperator<String> id) {
    return argument.isTextual()
        ? new TextNode(
            VARIABLE
                .matcher(argument.textValue())
                .replaceAll(name -> Matcher.quoteReplacement(id.apply(name.group()))))
        : first(argument, text -> substitution(text, id), id);
  }

  /** A list with its first element changed in another way than the others. */
  private static JsonNode first(
      JsonNode list, UnaryOperator<JsonNode> change, UnaryOperator<String> id) {
    JsonNode renamed = renamed(list, id);
    if (list.path(0).isTextual()) {
      ((ArrayNode) renamed).set(0, change.apply(list.get(0)));
    }
    return renamed;
  }
}
