package colorteller.mesh.template;

import static colorteller.mesh.template.Functions.arguments;
import static colorteller.mesh.template.Words.quote;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The conditions of a template, each evaluated once, when it is asked for. */
final class Conditions {

  private final JsonNode section;
  private final Place place;
  private final Intrinsics intrinsics;
  private final Underway underway;
  // Each may be referred to twice by something that is referred to twice, and so on.
  private final Map<String, Boolean> known = new LinkedHashMap<>();

  Conditions(JsonNode section, Place file, Intrinsics intrinsics, Underway underway) {
    this.section = section;
    this.place = file.child("Conditions");
    this.intrinsics = intrinsics;
    this.underway = underway;
  }

  /** Whether a condition holds. */
  boolean holds(String name, Place asked) {
    Boolean result = known.get(name);
    if (result != null) {
      return result;
    }
    JsonNode expression = section.path(name);
    if (expression.isMissingNode()) {
      List<String> names = new ArrayList<>();
      section.fieldNames().forEachRemaining(names::add);
      throw asked.error(
          "the template has no condition %s; %s"
              .formatted(quote(name), Words.nearest(name, names, "its conditions")));
    }
    boolean holds =
        underway.once("Conditions." + name, asked, () -> isTrue(expression, place.child(name)));
    known.put(name, holds);
    return holds;
  }

  private boolean isTrue(JsonNode expression, Place place) {
    if (!expression.isObject() || expression.size() != 1) {
      throw notACondition(expression, place);
    }
    String name = expression.fieldNames().next();
    JsonNode argument = expression.get(name);
    Place at = place.child(name);
    return switch (name) {
      case "Condition" -> holds(argument.asText(), at);
      case "Fn::Equals" -> {
        List<JsonNode> parts = arguments(argument, 2, 2, at);
        yield intrinsics
            .text(parts.get(0), at.at(0))
            .equals(intrinsics.text(parts.get(1), at.at(1)));
      }
      case "Fn::Not" -> !isTrue(arguments(argument, 1, 1, at).get(0), at.at(0));
      case "Fn::And" -> all(arguments(argument, 2, 10, at), at).stream().allMatch(x -> x);
      case "Fn::Or" -> all(arguments(argument, 2, 10, at), at).stream().anyMatch(x -> x);
      default -> throw notACondition(expression, place);
    };
  }

  /** All are evaluated, so that an error in one is found whatever the others say. */
  private List<Boolean> all(List<JsonNode> expressions, Place place) {
    List<Boolean> results = new ArrayList<>();
    for (int i = 0; i < expressions.size(); i++) {
      results.add(isTrue(expressions.get(i), place.at(i)));
    }
    return results;
  }

  private static TemplateException notACondition(JsonNode expression, Place place) {
    return place.error(
        "must be one of Fn::And, Fn::Equals, Fn::Not, Fn::Or, Condition, but is "
            + Words.show(expression));
  }
}
