package colorteller.mesh;

/**
 * What a route takes.
 *
 * @param prefix how the path of a request begins, itself beginning with a slash
 */
public record RouteMatch(String prefix) {

  /** Every request. */
  public static final RouteMatch EVERYTHING = new RouteMatch("/");

  public boolean takes(String path) {
    return path.startsWith(prefix);
  }
}
