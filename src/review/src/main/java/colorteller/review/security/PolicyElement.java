package colorteller.review.security;

import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.joining;

import colorteller.review.template.TemplateText;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The actions, resources or principals of a statement.
 *
 * @param not whether it is all but these ({@code NotAction})
 * @param values one empty text if the statement has none
 */
record PolicyElement(boolean not, List<String> values) {

  static PolicyElement of(JsonNode statement, String element) {
    boolean not = statement.has("Not" + element);
    return new PolicyElement(not, values(statement.path(not ? "Not" + element : element)));
  }

  private static List<String> values(JsonNode value) {
    if (value.isArray()) {
      return value.valueStream().map(TemplateText::text).sorted().toList();
    }
    // Principals, by their kind.
    if (value.isObject() && !TemplateText.isFunction(value)) {
      return value.properties().stream()
          .flatMap(kind -> values(kind.getValue()).stream().map(v -> principal(kind.getKey(), v)))
          .sorted()
          .toList();
    }
    return List.of(TemplateText.text(value));
  }

  /** Of AWS, with no more than its name, as the others cannot be taken for it. */
  private static String principal(String kind, String name) {
    return kind.equals("AWS") ? name : kind + ":" + name;
  }

  /**
   * Whether everything in another one is in this one.
   *
   * @param covers whether one value has all that another one stands for
   */
  boolean covers(PolicyElement other, BiPredicate<String, String> covers) {
    if (not == other.not) {
      // All but a few covers all but more.
      return not ? all(other.values, values, covers) : all(values, other.values, covers);
    }
    return !not && values.stream().anyMatch(value -> value.matches("\\*+"));
  }

  private static boolean all(
      List<String> outer, List<String> inner, BiPredicate<String, String> covers) {
    return inner.stream().allMatch(i -> outer.stream().anyMatch(o -> covers.test(o, i)));
  }

  /** One for each value, if that can be. */
  Stream<PolicyElement> parts() {
    return not
        ? Stream.of(this)
        : values.stream().map(value -> new PolicyElement(false, List.of(value)));
  }

  boolean isEmpty() {
    return values.stream().allMatch(String::isEmpty);
  }

  String words(String all) {
    if (values.equals(List.of("*")) && !not) {
      return all;
    }
    return (not ? all + " but " : "")
        + values.stream().map(v -> v.replaceFirst("^Service:", "")).collect(joining(", "));
  }

  /**
   * Whether a pattern with IAM's wildcards stands for all that another one stands for. What a
   * function gives is not known, so it covers only itself.
   */
  static boolean pattern(String pattern, String other) {
    if (pattern.equals(other)) {
      return true;
    }
    return !TemplateText.isOpaque(pattern)
        && Stream.of(pattern.split("(?<=[*?])|(?=[*?])"))
            .map(
                part ->
                    switch (part) {
                      case "*" -> ".*";
                      // Neither many letters nor a reference, which stands for many.
                      case "?" -> "[^*$]";
                      default -> Pattern.quote(part);
                    })
            .collect(collectingAndThen(joining(), regex -> Pattern.compile(regex, Pattern.DOTALL)))
            .matcher(other)
            .matches();
  }
}
