package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** What readers take from properties that the schema has checked. */
final class Properties {

  /** Longer than anybody waits, and what Envoy's durations hold. */
  private static final Duration LONGEST = Duration.ofDays(365L * 100);

  private Properties() {}

  static Optional<String> text(JsonNode object, String name) {
    return Optional.ofNullable(object.path(name).textValue());
  }

  static Optional<Integer> number(JsonNode object, String name) {
    return object.has(name) ? Optional.of(object.path(name).intValue()) : Optional.empty();
  }

  /** A child that may be missing. */
  static <T> Optional<T> child(
      JsonNode object, String name, Place place, BiFunction<JsonNode, Place, T> reader) {
    return object.has(name)
        ? Optional.of(reader.apply(object.path(name), place.child(name)))
        : Optional.empty();
  }

  /** The elements of a list that may be missing. */
  static <T> List<T> list(
      JsonNode object, String name, Place place, BiFunction<JsonNode, Place, T> reader) {
    JsonNode list = object.path(name);
    List<T> result = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      result.add(reader.apply(list.get(i), place.child(name).at(i)));
    }
    return List.copyOf(result);
  }

  /** The only property of an object that the schema allows one. */
  static String only(JsonNode union) {
    return union.fieldNames().next();
  }

  /** The one of several properties that is given. */
  static String oneOf(JsonNode object, Place place, String... names) {
    List<String> given = List.of(names).stream().filter(object::has).toList();
    if (given.size() != 1) {
      throw place.refused(
          "needs one of %s, but has %s"
              .formatted(
                  String.join(", ", names), given.isEmpty() ? "none" : String.join(", ", given)));
    }
    return given.iterator().next();
  }

  static Duration duration(JsonNode object, Place place) {
    long value = object.path("Value").longValue();
    try {
      Duration duration =
          object.path("Unit").asText().equals("s")
              ? Duration.ofSeconds(value)
              : Duration.ofMillis(value);
      if (duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
    } catch (ArithmeticException | DateTimeException e) {
      // Said below.
    }
    throw place.child("Value").refused("is longer than 100 years: " + value);
  }

  /** A URL path without a query. */
  static String path(JsonNode node, Place place) {
    if (!node.asText().matches("/[!-~&&[^?#]]*")) {
      throw place.refused(
          "must be a URL path %s, but is %s"
              .formatted(
                  node.asText().startsWith("/")
                      ? "of printable characters without ? and #"
                      : "that begins with a slash",
                  quote(node.asText())));
    }
    return node.asText();
  }

  /** A regular expression as Envoy has them: RE2's. */
  static String regex(JsonNode node, Place place) {
    try {
      return Pattern.compile(node.asText()).pattern();
    } catch (PatternSyntaxException e) {
      throw place.refused(
          "must be a regular expression of RE2, but %s: %s"
              .formatted(quote(node.asText()), e.getDescription()));
    }
  }
}
