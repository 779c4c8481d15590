package colorteller.mesh;

import com.google.re2j.Pattern;

/** What the value of a header, of metadata or of a query parameter must be. */
public sealed interface ValueMatch {

  /** Whether it takes a value. */
  boolean takes(String value);

  /** What it asks for, in words. */
  String words();

  /** This text. */
  record Exact(String text) implements ValueMatch {
    @Override
    public boolean takes(String value) {
      return value.equals(text);
    }

    @Override
    public String words() {
      return text;
    }
  }

  /** A text that begins so. */
  record Prefix(String text) implements ValueMatch {
    @Override
    public boolean takes(String value) {
      return value.startsWith(text);
    }

    @Override
    public String words() {
      return "one that begins with " + text;
    }
  }

  /** A text that ends so. */
  record Suffix(String text) implements ValueMatch {
    @Override
    public boolean takes(String value) {
      return value.endsWith(text);
    }

    @Override
    public String words() {
      return "one that ends with " + text;
    }
  }

  /** A text that a regular expression of RE2 matches as a whole. */
  record Regex(String expression) implements ValueMatch {
    @Override
    public boolean takes(String value) {
      return Pattern.matches(expression, value);
    }

    @Override
    public String words() {
      return "one that matches " + expression;
    }
  }

  /**
   * A whole number.
   *
   * @param start the least
   * @param end one more than the greatest
   */
  record Range(long start, long end) implements ValueMatch {
    @Override
    public boolean takes(String value) {
      try {
        long number = Long.parseLong(value);
        return start <= number && number < end;
      } catch (NumberFormatException e) {
        return false;
      }
    }

    @Override
    public String words() {
      return "a number from %d to below %d".formatted(start, end);
    }
  }
}
