package colorteller.mesh;

/**
 * What a gateway route changes of a request before the virtual service gets it.
 *
 * @param host whether the host becomes the virtual service's name, as it does by default
 * @param path what becomes of the path
 */
public record Rewrite(boolean host, Path path) {

  /** What App Mesh does where nothing is said. */
  public static final Rewrite DEFAULT = new Rewrite(true, new Path.Prefix("/"));

  /** What becomes of a path. */
  public sealed interface Path {

    /** It stays. */
    record Same() implements Path {}

    /** This stands in place of the prefix that matched. */
    record Prefix(String value) implements Path {}

    /** It becomes this. */
    record Exact(String path) implements Path {}
  }
}
