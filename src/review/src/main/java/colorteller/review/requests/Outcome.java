package colorteller.review.requests;

/**
 * What a request gives.
 *
 * @param word the colour that answers, or why none does, as a table spells it
 * @param why in sentences
 */
record Outcome(String word, String why) {

  /** No task gets the request, though the mesh's routes lead to one. */
  static final String UNREACHABLE = "unreachable";

  static final String UNKNOWN = "cannot be told";

  /** No gateway route catches the path. */
  static final String NO_ROUTE = "404 (no route)";
}
