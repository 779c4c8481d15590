package colorteller.controlplane;

import colorteller.mesh.HeaderMatch;
import colorteller.mesh.HostnameMatch;
import colorteller.mesh.PathMatch;
import colorteller.mesh.QueryMatch;
import colorteller.mesh.ValueMatch;
import com.google.re2j.Pattern;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.Int64Range;

/**
 * What routes and gateway routes take → Envoy's matchers. The port is not among them: which routes
 * a listener has is chosen by it.
 */
final class RouteMatches {

  private RouteMatches() {}

  static RouteMatch of(colorteller.mesh.RouteMatch match) {
    RouteMatch.Builder result = RouteMatch.newBuilder();
    path(result, match.path());
    match.method().ifPresent(method -> result.addHeaders(exact(":method", method)));
    match.scheme().ifPresent(scheme -> result.addHeaders(exact(":scheme", scheme)));
    match.hostname().ifPresent(hostname -> result.addHeaders(host(hostname)));
    match.headers().forEach(header -> result.addHeaders(header(header)));
    match.queryParameters().forEach(query -> result.addQueryParameters(query(query)));
    return result.build();
  }

  private static void path(RouteMatch.Builder result, PathMatch path) {
    if (path instanceof PathMatch.Prefix prefix) {
      result.setPrefix(prefix.prefix());
    } else if (path instanceof PathMatch.Exact exact) {
      result.setPath(exact.path());
    } else if (path instanceof PathMatch.Regex regex) {
      result.setSafeRegex(regex(regex.expression()));
    } else if (path instanceof PathMatch.Grpc grpc) {
      result.setGrpc(RouteMatch.GrpcRouteMatchOptions.getDefaultInstance());
      if (grpc.method().isPresent()) {
        result.setPath(grpc.path());
      } else {
        result.setPrefix(grpc.path());
      }
    }
  }

  private static HeaderMatcher exact(String name, String value) {
    return HeaderMatcher.newBuilder()
        .setName(name)
        .setStringMatch(StringMatcher.newBuilder().setExact(value))
        .build();
  }

  /** By a header, so that the order of the routes counts, which virtual hosts would not keep. */
  private static HeaderMatcher host(HostnameMatch hostname) {
    String name =
        hostname instanceof HostnameMatch.Exact exact
            ? Pattern.quote(exact.name())
            : ".*" + Pattern.quote(((HostnameMatch.Suffix) hostname).suffix());
    return HeaderMatcher.newBuilder()
        .setName(":authority")
        .setStringMatch(
            StringMatcher.newBuilder().setSafeRegex(regex("(?i)" + name + "(:[0-9]+)?")))
        .build();
  }

  private static HeaderMatcher header(HeaderMatch header) {
    HeaderMatcher.Builder result =
        HeaderMatcher.newBuilder().setName(header.name()).setInvertMatch(header.inverted());
    ValueMatch value = header.value().orElse(null);
    if (value == null) {
      result.setPresentMatch(true);
    } else if (value instanceof ValueMatch.Range range) {
      result.setRangeMatch(Int64Range.newBuilder().setStart(range.start()).setEnd(range.end()));
    } else {
      result.setStringMatch(string(value));
    }
    return result.build();
  }

  private static StringMatcher.Builder string(ValueMatch value) {
    StringMatcher.Builder result = StringMatcher.newBuilder();
    if (value instanceof ValueMatch.Exact exact) {
      result.setExact(exact.text());
    } else if (value instanceof ValueMatch.Prefix prefix) {
      result.setPrefix(prefix.text());
    } else if (value instanceof ValueMatch.Suffix suffix) {
      result.setSuffix(suffix.text());
    } else if (value instanceof ValueMatch.Regex regex) {
      result.setSafeRegex(regex(regex.expression()));
    }
    return result;
  }

  private static QueryParameterMatcher query(QueryMatch query) {
    QueryParameterMatcher.Builder result = QueryParameterMatcher.newBuilder().setName(query.name());
    return query
        .exactly()
        .map(value -> result.setStringMatch(StringMatcher.newBuilder().setExact(value)))
        .orElseGet(() -> result.setPresentMatch(true))
        .build();
  }

  /** Envoy's own engine is RE2. */
  private static RegexMatcher regex(String expression) {
    return RegexMatcher.newBuilder().setRegex(expression).build();
  }
}
