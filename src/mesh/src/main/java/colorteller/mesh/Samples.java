package colorteller.mesh;

import com.github.curiousoddman.rgxgen.RgxGen;
import com.github.curiousoddman.rgxgen.config.RgxGenOption;
import com.github.curiousoddman.rgxgen.config.RgxGenProperties;
import com.github.curiousoddman.rgxgen.iterators.StringIterator;
import com.github.curiousoddman.rgxgen.model.RgxGenCharsDefinition;
import com.github.curiousoddman.rgxgen.parsing.dflt.RgxGenParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Texts that a match takes, the plainest first. What takes none has none here. */
final class Samples {

  private static final int WANTED = 3;
  private static final int TRIES = 500;

  /** What a URI may have in a path, as it is written. */
  private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*");

  /** And in a query parameter's name, and its value. */
  private static final Pattern PARAMETER = Pattern.compile("[A-Za-z0-9._~!$'()*+,;:@%/?-]+");

  private static final Pattern QUERY = Pattern.compile("[A-Za-z0-9._~!$'()*+,;=:@%/?-]*");

  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9_*]([A-Za-z0-9._*-]*[A-Za-z0-9_])?");

  private static final RgxGenProperties PLAIN = new RgxGenProperties();

  static {
    RgxGenOption.DOT_MATCHES_ONLY.setInProperties(PLAIN, RgxGenCharsDefinition.of("a"));
  }

  private Samples() {}

  static List<String> of(PathMatch match) {
    if (match instanceof PathMatch.Prefix prefix) {
      return List.of(prefix.prefix());
    }
    if (match instanceof PathMatch.Exact exact) {
      return List.of(exact.path());
    }
    if (match instanceof PathMatch.Regex regex) {
      return ofRegex(regex.expression(), regex::takes).stream()
          .filter(path -> PATH.matcher(path).matches())
          .limit(WANTED)
          .toList();
    }
    PathMatch.Grpc grpc = (PathMatch.Grpc) match;
    return List.of(
        "/%s/%s"
            .formatted(grpc.service().orElse("any.Service"), grpc.method().orElse("AnyMethod")));
  }

  static List<String> of(ValueMatch match) {
    if (match instanceof ValueMatch.Exact exact) {
      return List.of(exact.text());
    }
    if (match instanceof ValueMatch.Prefix prefix) {
      return List.of(prefix.text());
    }
    if (match instanceof ValueMatch.Suffix suffix) {
      return List.of(suffix.text());
    }
    if (match instanceof ValueMatch.Regex regex) {
      return ofRegex(regex.expression(), regex::takes).stream()
          .filter(text -> text.equals(text.strip()))
          .limit(WANTED)
          .toList();
    }
    ValueMatch.Range range = (ValueMatch.Range) match;
    return range.start() < range.end() ? List.of(Long.toString(range.start())) : List.of();
  }

  /** Texts that a match does not take. */
  static List<String> not(ValueMatch match) {
    return Stream.concat(
            match instanceof ValueMatch.Range range
                ? Stream.of(Long.toString(range.end()))
                : of(match).stream()
                    .limit(1)
                    .flatMap(text -> Stream.of(text + "-not", "not-" + text)),
            Stream.of("other", "0"))
        .filter(text -> !match.takes(text))
        .toList();
  }

  /** Texts that a header may have as far as a match of it is concerned; empty for no header. */
  static List<Optional<String>> of(HeaderMatch match) {
    if (match.value().isEmpty()) {
      return match.inverted() ? List.of(Optional.empty()) : List.of(Optional.of("any"));
    }
    ValueMatch value = match.value().get();
    return (match.inverted() ? not(match.name(), value) : of(match.name(), value))
        .map(Optional::of)
        .toList();
  }

  /** Texts that a header may not have, likewise. */
  static List<Optional<String>> not(HeaderMatch match) {
    if (match.value().isEmpty()) {
      return match.inverted() ? List.of(Optional.of("any")) : List.of(Optional.empty());
    }
    ValueMatch value = match.value().get();
    return Stream.concat(
            (match.inverted() ? of(match.name(), value) : not(match.name(), value))
                .map(Optional::of),
            Stream.of(Optional.<String>empty()))
        .toList();
  }

  private static Stream<String> of(String header, ValueMatch match) {
    return candidates(header, match).orElseGet(() -> of(match).stream()).filter(match::takes);
  }

  private static Stream<String> not(String header, ValueMatch match) {
    return candidates(header, match)
        .orElseGet(() -> not(match).stream())
        .filter(text -> !match.takes(text));
  }

  /** What a header may be that every request has; empty for any other. */
  private static Optional<Stream<String>> candidates(String header, ValueMatch match) {
    return switch (header.toLowerCase(Locale.ROOT)) {
      case ":method" ->
          Optional.of(Call.METHODS.stream().filter(method -> !method.equals(Call.CONNECT)));
      case ":scheme", Call.SCHEME_HEADER -> Optional.of(Call.SCHEMES.stream());
      case ":authority", "host" ->
          Optional.of(
              Stream.concat(
                      of(match).stream()
                          .flatMap(text -> Stream.of(text, "any" + text, text + "any")),
                      Stream.of("other.example"))
                  .filter(text -> HOST.matcher(text).matches()));
      default -> Optional.empty();
    };
  }

  /** Values that a query parameter's match takes, as a URI may have them. Envoy decodes none. */
  static Stream<String> of(QueryMatch match) {
    return Stream.of(match.exactly().orElse("any"))
        .filter(value -> PARAMETER.matcher(match.name()).matches())
        .filter(value -> QUERY.matcher(value).matches());
  }

  static String of(HostnameMatch match) {
    if (match instanceof HostnameMatch.Exact exact) {
      return exact.name();
    }
    String suffix = ((HostnameMatch.Suffix) match).suffix();
    return suffix.startsWith(".") ? "any" + suffix : "any." + suffix;
  }

  /** The generator knows Java's expressions, which are not quite RE2's: what RE2 says counts. */
  private static List<String> ofRegex(String expression, Predicate<String> takes) {
    List<String> found = new ArrayList<>();
    try {
      StringIterator all = RgxGen.parse(PLAIN, expression).iterateUnique();
      for (int i = 0; i < TRIES && all.hasNext(); i++) {
        String text = all.next();
        if (takes.test(text)) {
          found.add(text);
        }
      }
    } catch (RgxGenParseException | IllegalArgumentException | UnsupportedOperationException e) {
      // It is planned without a request for such a route.
      return List.of();
    }
    return found;
  }
}
