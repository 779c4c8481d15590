package colorteller.review.template;

/** Why it cannot be told what a change means, and what to do, in one line. */
public final class CannotTell extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public CannotTell(String message) {
    super(message);
  }
}
