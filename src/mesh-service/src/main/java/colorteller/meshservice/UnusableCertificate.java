package colorteller.meshservice;

/** A key or certificate cannot be used; the message is one line without a piece of them. */
final class UnusableCertificate extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnusableCertificate(String message) {
    super(message);
  }
}
