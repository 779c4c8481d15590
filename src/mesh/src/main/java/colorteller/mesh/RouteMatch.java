package colorteller.mesh;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a route takes: what all of this is true of.
 *
 * @param path the path of the request
 * @param method its method, such as {@code GET}
 * @param scheme {@code http} or {@code https}
 * @param hostname its host; only a gateway route has one
 * @param headers its headers, or gRPC's metadata
 * @param queryParameters of its path
 * @param port the listener that it comes to: of the gateway, or of the virtual router
 */
public record RouteMatch(
    PathMatch path,
    Optional<String> method,
    Optional<String> scheme,
    Optional<HostnameMatch> hostname,
    List<HeaderMatch> headers,
    List<QueryMatch> queryParameters,
    Optional<Integer> port) {

  /** What it asks for, in words. */
  public String words() {
    return Stream.of(
            Stream.of("the path " + path.words()),
            method.stream().map("the method is "::concat),
            scheme.stream().map("the scheme is "::concat),
            hostname.stream().map(host -> "the host " + host.words()),
            headers.stream().map(HeaderMatch::words),
            queryParameters.stream()
                .map(
                    query ->
                        query
                            .exactly()
                            .map(v -> "the query parameter %s is %s".formatted(query.name(), v))
                            .orElseGet(() -> "there is a query parameter " + query.name())),
            port.stream().map(number -> "the port is " + number))
        .flatMap(words -> words)
        .collect(joining(", "));
  }

  /** Every request, and every connection. */
  public static final RouteMatch EVERYTHING = prefix("/");

  /** Every request whose path begins so. */
  public static RouteMatch prefix(String prefix) {
    return of(new PathMatch.Prefix(prefix));
  }

  /** Every request of a path. */
  public static RouteMatch of(PathMatch path) {
    return new RouteMatch(
        path,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty());
  }

  /** The same for another path. */
  public RouteMatch with(PathMatch other) {
    return new RouteMatch(other, method, scheme, hostname, headers, queryParameters, port);
  }

  /** The same for every host. */
  RouteMatch withoutHost() {
    return new RouteMatch(
        path,
        method,
        scheme,
        Optional.empty(),
        headers.stream().filter(header -> !header.isOfHost()).toList(),
        queryParameters,
        port);
  }

  /** Whether it takes what comes to a listener. */
  public boolean isFor(int listenerPort) {
    return port.isEmpty() || port.get() == listenerPort;
  }
}
