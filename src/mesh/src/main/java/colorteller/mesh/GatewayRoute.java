package colorteller.mesh;

import java.util.Optional;

/**
 * Sends requests of a gateway to a virtual service.
 *
 * @param name the gateway route's name
 * @param priority from 0, which is tried first, to 1000, or {@link RouteTable#NO_PRIORITY}
 * @param protocol of the gateway's listeners whose requests it takes
 * @param match what it takes
 * @param virtualService the name of the virtual service
 * @param port that of the virtual service's listener, where it has several
 * @param rewrite what it changes
 */
public record GatewayRoute(
    String name,
    int priority,
    Protocol protocol,
    RouteMatch match,
    String virtualService,
    Optional<Integer> port,
    Rewrite rewrite)
    implements RouteTable.Entry {

  /** One of HTTP that does what App Mesh does by default. */
  public static GatewayRoute of(String name, RouteMatch match, String virtualService) {
    return new GatewayRoute(
        name,
        RouteTable.NO_PRIORITY,
        Protocol.HTTP,
        match,
        virtualService,
        Optional.empty(),
        Rewrite.DEFAULT);
  }

  /** The path of a request behind this route. */
  String rewritten(String path) {
    if (rewrite.path() instanceof Rewrite.Path.Exact exact) {
      return exact.path();
    }
    if (rewrite.path() instanceof Rewrite.Path.Prefix prefix
        && match.path() instanceof PathMatch.Prefix matched) {
      String rest = path.substring(matched.prefix().length());
      return prefix.value().endsWith("/") && rest.startsWith("/")
          ? prefix.value() + rest.substring(1)
          : prefix.value() + rest;
    }
    return path;
  }

  /** A path that becomes the given one behind this route; empty if none can. */
  Optional<String> before(String path) {
    if (rewrite.path() instanceof Rewrite.Path.Same) {
      return Optional.of(path);
    }
    if (rewrite.path() instanceof Rewrite.Path.Prefix prefix
        && match.path() instanceof PathMatch.Prefix matched
        && path.startsWith(prefix.value())) {
      String rest = path.substring(prefix.value().length());
      return Optional.of(
          rest.isEmpty() || matched.prefix().endsWith("/")
              ? matched.prefix() + rest
              : matched.prefix() + "/" + rest);
    }
    return Optional.empty();
  }
}
