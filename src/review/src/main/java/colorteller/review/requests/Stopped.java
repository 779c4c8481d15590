package colorteller.review.requests;

import colorteller.review.template.CannotTell;
import java.util.List;

/** Where a request ends before an application answers. */
final class Stopped extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Outcome outcome;

  Stopped(String word, String why) {
    this.outcome = new Outcome(word, why);
  }

  Outcome outcome() {
    return outcome;
  }

  /** The request does not reach the mesh. */
  static void unless(boolean holds, String why) {
    if (!holds) {
      throw new Stopped(Outcome.UNREACHABLE, why);
    }
  }

  /**
   * What there must be one of.
   *
   * @param ifNone what the request gives if there is none
   */
  static <T> T unlessOne(List<T> found, String ifNone, String what) {
    if (found.isEmpty()) {
      throw new Stopped(ifNone, "There is no %s.".formatted(what));
    }
    if (found.size() > 1) {
      throw new CannotTell("There is more than one %s.".formatted(what));
    }
    return found.get(0);
  }
}
