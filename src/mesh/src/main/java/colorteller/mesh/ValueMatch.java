package colorteller.mesh;

/** What the value of a header, of metadata or of a query parameter must be. */
public sealed interface ValueMatch {

  /** This text. */
  record Exact(String text) implements ValueMatch {}

  /** A text that begins so. */
  record Prefix(String text) implements ValueMatch {}

  /** A text that ends so. */
  record Suffix(String text) implements ValueMatch {}

  /** A text that a regular expression of RE2 matches as a whole. */
  record Regex(String expression) implements ValueMatch {}

  /**
   * A whole number.
   *
   * @param start the least
   * @param end one more than the greatest
   */
  record Range(long start, long end) implements ValueMatch {}
}
