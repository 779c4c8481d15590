package colorteller.mesh.template;

import static colorteller.mesh.template.Properties.child;
import static colorteller.mesh.template.Properties.list;
import static colorteller.mesh.template.Properties.number;
import static colorteller.mesh.template.Properties.oneOf;
import static colorteller.mesh.template.Properties.only;
import static colorteller.mesh.template.Properties.text;
import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.HeaderMatch;
import colorteller.mesh.HostnameMatch;
import colorteller.mesh.PathMatch;
import colorteller.mesh.QueryMatch;
import colorteller.mesh.RouteMatch;
import colorteller.mesh.ValueMatch;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** Reads what a route or a gateway route takes. */
final class MatchReader {

  private static final String HEADER_NAME = ":?[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  private MatchReader() {}

  static RouteMatch http(JsonNode match, Place place) {
    return new RouteMatch(
        httpPath(match, place),
        text(match, "Method"),
        text(match, "Scheme"),
        child(match, "Hostname", place, MatchReader::hostname),
        list(match, "Headers", place, MatchReader::header),
        list(match, "QueryParameters", place, MatchReader::query),
        number(match, "Port"));
  }

  static RouteMatch grpc(JsonNode match, Place place) {
    Optional<String> service =
        child(match, "ServiceName", place, (name, at) -> grpcName(name, at, "[!-~&&[^/?#]]+"));
    Optional<String> method =
        child(match, "MethodName", place, (name, at) -> grpcName(name, at, "[!-~&&[^/?#]]+"));
    if (method.isPresent() && service.isEmpty()) {
      throw place.refused("has a MethodName and no ServiceName, whose method it is; add it");
    }
    return new RouteMatch(
        new PathMatch.Grpc(service, method),
        Optional.empty(),
        Optional.empty(),
        child(match, "Hostname", place, MatchReader::hostname),
        list(match, "Metadata", place, MatchReader::header),
        List.of(),
        number(match, "Port"));
  }

  static RouteMatch tcp(JsonNode match) {
    return new RouteMatch(
        RouteMatch.EVERYTHING.path(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        number(match, "Port"));
  }

  private static PathMatch httpPath(JsonNode match, Place place) {
    if (match.isEmpty()) {
      throw place.refused("has no Prefix; give the path prefix of the route, such as /");
    }
    if (!match.has("Prefix") && !match.has("Path")) {
      return RouteMatch.EVERYTHING.path();
    }
    if (oneOf(match, place, "Path", "Prefix").equals("Prefix")) {
      return new PathMatch.Prefix(Properties.path(match.path("Prefix"), place.child("Prefix")));
    }
    JsonNode path = match.path("Path");
    Place at = place.child("Path");
    return oneOf(path, at, "Exact", "Regex").equals("Exact")
        ? new PathMatch.Exact(Properties.path(path.path("Exact"), at.child("Exact")))
        : new PathMatch.Regex(Properties.regex(path.path("Regex"), at.child("Regex")));
  }

  private static String grpcName(JsonNode name, Place place, String pattern) {
    if (!name.asText().matches(pattern)) {
      throw place.refused("must be a name without a slash, but is " + quote(name.asText()));
    }
    return name.asText();
  }

  private static HostnameMatch hostname(JsonNode hostname, Place place) {
    String kind = oneOf(hostname, place, "Exact", "Suffix");
    String name = hostname.path(kind).asText();
    if (!name.matches("[!-~&&[^/:]]+")) {
      throw place.child(kind).refused("must be a host name without a port, but is " + quote(name));
    }
    return kind.equals("Exact") ? new HostnameMatch.Exact(name) : new HostnameMatch.Suffix(name);
  }

  private static HeaderMatch header(JsonNode header, Place place) {
    String name = header.path("Name").asText();
    if (!name.matches(HEADER_NAME)) {
      throw place.child("Name").refused("must be the name of a header, but is " + quote(name));
    }
    return new HeaderMatch(
        name,
        header.path("Invert").asBoolean(false),
        child(header, "Match", place, MatchReader::value));
  }

  private static ValueMatch value(JsonNode match, Place place) {
    String kind = only(match);
    JsonNode value = match.path(kind);
    return switch (kind) {
      case "Exact" -> new ValueMatch.Exact(value.asText());
      case "Prefix" -> new ValueMatch.Prefix(value.asText());
      case "Suffix" -> new ValueMatch.Suffix(value.asText());
      case "Regex" -> new ValueMatch.Regex(Properties.regex(value, place.child(kind)));
      default ->
          new ValueMatch.Range(value.path("Start").longValue(), value.path("End").longValue());
    };
  }

  private static QueryMatch query(JsonNode parameter, Place place) {
    String name = parameter.path("Name").asText();
    if (name.isEmpty() || name.length() > 1024) {
      throw place.child("Name").refused("must be 1 to 1024 characters, but is " + quote(name));
    }
    return new QueryMatch(name, text(parameter.path("Match"), "Exact"));
  }
}
