package colorteller.meshservice;

/** A document cannot be used; the message is one line, and begins with a verb. */
final class UnusableDocument extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnusableDocument(String message) {
    super(message);
  }
}
