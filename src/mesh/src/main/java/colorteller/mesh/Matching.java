package colorteller.mesh;

import java.util.Optional;
import java.util.stream.Stream;

/** Whether a route takes a request, as Envoy decides it. */
final class Matching {

  private Matching() {}

  /** Why a route does not take a call, in words that follow "because"; empty if it does. */
  static Optional<String> whyNot(RouteMatch match, Call call) {
    if (!match.isFor(call.port())) {
      return Optional.of(
          "it is for port %d, not %d".formatted(match.port().orElseThrow(), call.port()));
    }
    if (!call.protocol().hasRequests()) {
      return Optional.empty();
    }
    String path = call.pathWithoutQuery();
    return Stream.of(
            unless(match.path().takes(path), "the path", match.path().words(), path),
            match
                .method()
                .flatMap(
                    m -> unless(m.equals(call.method()), "the method", "is " + m, call.method())),
            match
                .scheme()
                .flatMap(
                    s -> unless(s.equals(call.scheme()), "the scheme", "is " + s, call.scheme())),
            match
                .hostname()
                .flatMap(h -> unless(h.takes(call.host()), "the host", h.words(), call.host())),
            match.headers().stream().flatMap(h -> whyNot(h, call).stream()).findFirst(),
            match.queryParameters().stream().flatMap(q -> whyNot(q, call).stream()).findFirst())
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> unless(boolean holds, String what, String wanted, String is) {
    return holds
        ? Optional.empty()
        : Optional.of("it asks that %s %s, and it is %s".formatted(what, wanted, is));
  }

  /** A header that is missing fulfils nothing but that it be missing, not even an inversion. */
  static Optional<String> whyNot(HeaderMatch match, Call call) {
    Optional<String> is = call.header(match.name());
    if (match.value().isEmpty()) {
      return is.isPresent() != match.inverted()
          ? Optional.empty()
          : Optional.of(
              match.inverted()
                  ? "it asks that there is no header " + match.name()
                  : "it asks for a header " + match.name());
    }
    if (is.isEmpty()) {
      return Optional.of("it asks for a header " + match.name());
    }
    return match.value().get().takes(is.get()) != match.inverted()
        ? Optional.empty()
        : Optional.of(
            "it asks that the header %s is %s%s, and it is %s"
                .formatted(
                    match.name(),
                    match.inverted() ? "not " : "",
                    match.value().get().words(),
                    is.get()));
  }

  private static Optional<String> whyNot(QueryMatch match, Call call) {
    Optional<String> is = call.queryParameter(match.name());
    return is.isEmpty()
        ? Optional.of("it asks for a query parameter " + match.name())
        : match
            .exactly()
            .filter(value -> !value.equals(is.get()))
            .map(
                value ->
                    "it asks that the query parameter %s is %s, and it is %s"
                        .formatted(match.name(), value, is.get()));
  }
}
