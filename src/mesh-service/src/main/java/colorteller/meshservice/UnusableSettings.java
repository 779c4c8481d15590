package colorteller.meshservice;

/** A setting cannot be used; the message is one line for who set it. */
public final class UnusableSettings extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnusableSettings(String message) {
    super(message);
  }
}
