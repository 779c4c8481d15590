package colorteller.verification;

/** Why nothing can be verified, in one line: what is missing or wrong, and what to do. */
public final class VerificationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public VerificationException(String message) {
    // Lambda would put a stack trace in front of whoever reads the failure.
    super(message, null, false, false);
  }
}
