package colorteller.cli;

/** What a user gave cannot be used; the message says what is wrong, what is allowed, what to do. */
final class UnusableInput extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnusableInput(String message) {
    super(message);
  }
}
