package colorteller.mesh;

import com.google.re2j.Pattern;
import java.util.Optional;

/** What the path of a request must be, without its query. */
public sealed interface PathMatch {

  /** How much it asks for: the longer one is tried first. */
  int length();

  /** Whether it takes a path without a query. */
  boolean takes(String path);

  /** What it asks for, in words that follow "the path". */
  String words();

  /** A path that begins so; the prefix itself begins with a slash. */
  record Prefix(String prefix) implements PathMatch {
    @Override
    public int length() {
      return prefix.length();
    }

    @Override
    public boolean takes(String path) {
      return path.startsWith(prefix);
    }

    @Override
    public String words() {
      return "begins with " + prefix;
    }
  }

  /** This path. */
  record Exact(String path) implements PathMatch {
    @Override
    public int length() {
      return path.length();
    }

    @Override
    public boolean takes(String other) {
      return other.equals(path);
    }

    @Override
    public String words() {
      return "is " + path;
    }
  }

  /** A path that a regular expression of RE2 matches as a whole. */
  record Regex(String expression) implements PathMatch {
    @Override
    public int length() {
      return expression.length();
    }

    @Override
    public boolean takes(String path) {
      return Pattern.matches(expression, path);
    }

    @Override
    public String words() {
      return "matches " + expression;
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

    @Override
    public boolean takes(String other) {
      return method.isPresent() ? other.equals(path()) : other.startsWith(path());
    }

    @Override
    public String words() {
      return (method.isPresent() ? "is " : "begins with ") + path();
    }
  }
}
