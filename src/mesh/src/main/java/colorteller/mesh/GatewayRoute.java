package colorteller.mesh;

import static java.util.Comparator.comparingInt;

import java.util.Comparator;

/**
 * Sends requests whose path begins with a prefix to a virtual service. App Mesh replaces the prefix
 * with {@code /} and the Host header with the virtual service's name.
 *
 * @param name the gateway route's name
 * @param prefix the path prefix, beginning with a slash
 * @param virtualService the name of the virtual service
 */
public record GatewayRoute(String name, String prefix, String virtualService) {

  /** The order in which App Mesh tries routes: the longest prefix first. */
  public static final Comparator<GatewayRoute> ORDER =
      comparingInt((GatewayRoute route) -> -route.prefix().length())
          .thenComparing(GatewayRoute::name);
}
