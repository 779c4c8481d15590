package colorteller.mesh.lint;

import colorteller.mesh.HeaderMatch;
import colorteller.mesh.HostnameMatch;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.PathMatch;
import colorteller.mesh.QueryMatch;
import colorteller.mesh.RouteMatch;
import colorteller.mesh.RouteTable.Entry;
import colorteller.mesh.ValueMatch;
import colorteller.mesh.VirtualRouter;
import colorteller.mesh.VirtualService;
import colorteller.mesh.lint.Linted.Placed;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Routes that take nothing, because another takes all of it before or because they ask for what
 * cannot be. It says so only where that is certain.
 */
final class Shadows {

  /** What ends a parameter, or the query, or the URL. */
  private static final String NOT_IN_QUERY = "&# ";

  private Shadows() {}

  static Stream<Found> neverMatches(Linted linted) {
    Mesh mesh = linted.mesh();
    return Stream.concat(
        neverMatches(
            linted.gatewayRoutes().toList(),
            placed -> portOf(placed, gatewayPorts(mesh, placed.parent()))),
        neverMatches(
            linted.routes().toList(),
            placed ->
                portOf(placed, routerPorts(mesh, placed.parent())).or(() -> hostOf(mesh, placed))));
  }

  /** Why a route's port is none that its gateway or router has. */
  private static Optional<String> portOf(Placed<?> placed, List<Integer> ports) {
    return placed
        .route()
        .match()
        .port()
        .filter(port -> !ports.contains(port))
        .map(
            port ->
                "%s does not listen at port %d; its ports are %s."
                    .formatted(
                        placed.parent(),
                        port,
                        String.join(", ", ports.stream().map(String::valueOf).toList())));
  }

  private static List<Integer> gatewayPorts(Mesh mesh, String gateway) {
    return Objects.requireNonNull(mesh.gateways().get(gateway)).listeners().stream()
        .map(Listener::port)
        .toList();
  }

  private static List<Integer> routerPorts(Mesh mesh, String router) {
    return Objects.requireNonNull(mesh.routers().get(router)).listeners().stream()
        .map(VirtualRouter.PortMapping::port)
        .toList();
  }

  /**
   * Why no request has the host that a route asks for by a header: what comes to a router is for
   * one of its virtual services, unless a gateway route keeps the host, or who sends is elsewhere.
   */
  private static Optional<String> hostOf(Mesh mesh, Placed<VirtualRouter.Route> placed) {
    VirtualService.Provider router = new VirtualService.Provider.Router(placed.parent());
    List<String> services =
        mesh.services().values().stream()
            .filter(service -> service.provider().equals(Optional.of(router)))
            .map(VirtualService::name)
            .toList();
    boolean keepsHost =
        mesh.gateways().values().stream()
            .flatMap(gateway -> gateway.routes().stream())
            .anyMatch(
                route -> !route.rewrite().host() && services.contains(route.virtualService()));
    if (mesh.isElsewhere() || keepsHost || services.isEmpty()) {
      return Optional.empty();
    }
    List<String> hosts =
        Stream.concat(
                services.stream(),
                routerPorts(mesh, placed.parent()).stream()
                    .flatMap(port -> services.stream().map(service -> service + ":" + port)))
            .toList();
    return placed.route().match().headers().stream()
        .filter(HeaderMatch::isOfHost)
        .filter(header -> !header.inverted() && header.value().isPresent())
        .filter(header -> hosts.stream().noneMatch(h -> mayTake(header.value().get(), h)))
        .findFirst()
        .map(
            header ->
                "It asks that the header %s is %s, and behind the gateway and from nodes it is %s."
                    .formatted(
                        header.name(),
                        header.value().get().words(),
                        String.join(" or ", services)));
  }

  /** Whether a match may take a host in some case of its letters. */
  private static boolean mayTake(ValueMatch match, String host) {
    if (match instanceof ValueMatch.Exact exact) {
      return host.equalsIgnoreCase(exact.text());
    }
    if (match instanceof ValueMatch.Prefix prefix) {
      return host.regionMatches(true, 0, prefix.text(), 0, prefix.text().length());
    }
    return !(match instanceof ValueMatch.Suffix suffix)
        || new HostnameMatch.Suffix(suffix.text()).takes(host);
  }

  private static <T extends Entry> Stream<Found> neverMatches(
      List<Placed<T>> routes, Function<Placed<T>, Optional<String>> impossible) {
    Map<String, List<Placed<T>>> before = new LinkedHashMap<>();
    List<Found> found = new ArrayList<>();
    for (Placed<T> placed : routes) {
      List<Placed<T>> earlier = before.computeIfAbsent(placed.parent(), p -> new ArrayList<>());
      contradiction(placed.route().match())
          .or(() -> impossible.apply(placed))
          .or(
              () ->
                  earlier.stream()
                      .filter(other -> takesAll(other.route(), placed.route()))
                      .findFirst()
                      .map(
                          other ->
                              "%s (%s) is tried before it and takes all that it would take."
                                  .formatted(other.route().name(), other.place().path())))
          .ifPresent(reason -> found.add(new Found(placed.kind().child("Match"), reason)));
      earlier.add(placed);
    }
    return found.stream();
  }

  /** What a match asks for that no request can have. */
  private static Optional<String> contradiction(RouteMatch match) {
    for (HeaderMatch header : match.headers()) {
      if (!header.inverted()
          && header.value().orElse(null) instanceof ValueMatch.Range range
          && range.start() >= range.end()) {
        return Optional.of(
            "No number is from %d to below %d.".formatted(range.start(), range.end()));
      }
      for (HeaderMatch other : match.headers()) {
        if (sameName(header, other) && excludes(header, other)) {
          return Optional.of(
              "No request has what its conditions on the header %s ask for together."
                  .formatted(header.name()));
        }
      }
    }
    return match.queryParameters().stream()
        .flatMap(query -> Stream.concat(Stream.of(query.name()), query.exactly().stream()))
        .filter(text -> text.chars().anyMatch(c -> NOT_IN_QUERY.indexOf(c) >= 0))
        .findFirst()
        .map(
            text ->
                "Query parameters are compared as the URL spells them, and none can spell '%s'."
                    .formatted(text));
  }

  private static boolean excludes(HeaderMatch header, HeaderMatch other) {
    boolean absent = header.value().isEmpty() && header.inverted();
    return absent
        ? other.value().isPresent() || !other.inverted()
        : !header.inverted()
            && header.value().orElse(null) instanceof ValueMatch.Exact exact
            && other.value().isPresent()
            && other.value().get().takes(exact.text()) == other.inverted();
  }

  private static boolean sameName(HeaderMatch one, HeaderMatch other) {
    return one.name().equalsIgnoreCase(other.name());
  }

  /** Whether a route takes all that another would take. */
  private static boolean takesAll(Entry route, Entry other) {
    RouteMatch wide = route.match();
    RouteMatch narrow = other.match();
    return route.protocol() == other.protocol()
        && (wide.port().isEmpty() || wide.port().equals(narrow.port()))
        && (wide.method().isEmpty() || wide.method().equals(narrow.method()))
        && (wide.scheme().isEmpty() || wide.scheme().equals(narrow.scheme()))
        && (wide.hostname().isEmpty()
            || narrow.hostname().filter(h -> takesAll(wide.hostname().get(), h)).isPresent())
        && takesAll(wide.path(), narrow.path())
        && wide.headers().stream()
            .allMatch(header -> narrow.headers().stream().anyMatch(h -> takesAll(header, h)))
        && wide.queryParameters().stream()
            .allMatch(query -> narrow.queryParameters().stream().anyMatch(q -> takesAll(query, q)));
  }

  private static boolean takesAll(HostnameMatch wide, HostnameMatch narrow) {
    return wide.equals(narrow)
        || (wide instanceof HostnameMatch.Suffix suffix
            && (narrow instanceof HostnameMatch.Exact exact
                    ? exact.name()
                    : ((HostnameMatch.Suffix) narrow).suffix())
                .toLowerCase(Locale.ROOT)
                .endsWith(suffix.suffix().toLowerCase(Locale.ROOT)));
  }

  private static boolean takesAll(PathMatch wide, PathMatch narrow) {
    if (wide instanceof PathMatch.Prefix prefix) {
      return prefix.prefix().equals("/")
          || (narrow instanceof PathMatch.Prefix other
              && other.prefix().startsWith(prefix.prefix()))
          || (narrow instanceof PathMatch.Exact exact && exact.path().startsWith(prefix.prefix()));
    }
    if (wide instanceof PathMatch.Regex regex && narrow instanceof PathMatch.Exact exact) {
      return Pattern.matches(regex.expression(), exact.path());
    }
    if (wide instanceof PathMatch.Grpc grpc && narrow instanceof PathMatch.Grpc other) {
      return grpc.service().isEmpty()
          || (grpc.service().equals(other.service())
              && (grpc.method().isEmpty() || grpc.method().equals(other.method())));
    }
    return wide.equals(narrow);
  }

  private static boolean takesAll(HeaderMatch wide, HeaderMatch narrow) {
    if (!sameName(wide, narrow)) {
      return false;
    }
    if (wide.value().isEmpty()) {
      // A value asked for, or what it must not be, is of a header that is there.
      return wide.inverted()
          ? narrow.value().isEmpty() && narrow.inverted()
          : narrow.value().isPresent() || !narrow.inverted();
    }
    if (wide.inverted() == narrow.inverted() && wide.value().equals(narrow.value())) {
      return true;
    }
    return !narrow.inverted()
        && narrow.value().orElse(null) instanceof ValueMatch.Exact exact
        && wide.value().get().takes(exact.text()) != wide.inverted();
  }

  private static boolean takesAll(QueryMatch wide, QueryMatch narrow) {
    return wide.name().equals(narrow.name())
        && (wide.exactly().isEmpty() || wide.exactly().equals(narrow.exactly()));
  }
}
