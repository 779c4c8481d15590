package colorteller.mesh;

import java.util.Optional;

/** What the path of a request must be, without its query. */
public sealed interface PathMatch {

  /** How much it asks for: the longer one is tried first. */
  int length();

  /** A path that begins so; the prefix itself begins with a slash. */
  record Prefix(String prefix) implements PathMatch {
    @Override
    public int length() {
      return prefix.length();
    }
  }

  /** This path. */
  record Exact(String path) implements PathMatch {
    @Override
    public int length() {
      return path.length();
    }
  }

  /** A path that a regular expression of RE2 matches as a whole. */
  record Regex(String expression) implements PathMatch {
    @Override
    public int length() {
      return expression.length();
    }
  }

  /**
   * A method of gRPC, whose path is {@code /SERVICE/METHOD}.
   *
   * @param service the service's name with its package; empty for any
   * @param method the method's name; empty for any, and only with a service
   */
  record Grpc(Optional<String> service, Optional<String> method) implements PathMatch {

    /** Its path, or how its path begins. */
    public String path() {
      return "/" + service.map(name -> name + "/").orElse("") + method.orElse("");
    }

    @Override
    public int length() {
      return path().length();
    }
  }
}
