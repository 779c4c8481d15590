package colorteller.mesh;

/**
 * Sends requests to a virtual service. As App Mesh does by default, it replaces what matched with
 * {@link #REWRITTEN_PREFIX}, and the Host header with the virtual service's name.
 *
 * @param name the gateway route's name
 * @param match what it takes
 * @param virtualService the name of the virtual service
 */
public record GatewayRoute(String name, RouteMatch match, String virtualService)
    implements RouteTable.Entry {

  /** What stands in place of the prefix that matched: {@code /red/x} becomes {@code /x}. */
  public static final String REWRITTEN_PREFIX = "/";

  /** The path of a request behind this route. */
  String rewritten(String path) {
    String rest = path.substring(match.prefix().length());
    return rest.startsWith("/") ? rest : REWRITTEN_PREFIX + rest;
  }

  /** A path that becomes the given one behind this route. */
  String before(String path) {
    String prefix = match.prefix();
    if (path.equals(REWRITTEN_PREFIX)) {
      return prefix;
    }
    return (prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix) + path;
  }
}
