package colorteller.meshservice;

/**
 * A source says what would take away everything; the message is one line, and begins with a verb.
 */
final class UnbelievableAnswer extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnbelievableAnswer(String message) {
    super(message);
  }
}
