package colorteller.preflight;

/**
 * One prerequisite, as it was found.
 *
 * @param name what was looked at
 * @param state whether it is as it must be
 * @param found what was found
 * @param fix what to do; empty if there is nothing to do
 */
public record Check(String name, State state, String found, String fix) {

  /** How it is. */
  public enum State {
    OK("ok"),
    MISSING("missing"),
    /** AWS has ended it: nothing that a person could do, so it does not count. */
    ENDED("ended");

    private final String word;

    State(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  public static Check ok(String name, String found) {
    return new Check(name, State.OK, found, "");
  }

  public static Check missing(String name, String found, String fix) {
    return new Check(name, State.MISSING, found, fix);
  }

  static Check ended(String name, String found) {
    return new Check(name, State.ENDED, found, "");
  }

  public boolean isMissing() {
    return state == State.MISSING;
  }
}
