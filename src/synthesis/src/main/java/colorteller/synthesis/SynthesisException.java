package colorteller.synthesis;

/** The CDK app refuses its settings or fails; the message says why, if the app has not. */
public final class SynthesisException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SynthesisException(String message) {
    super(message);
  }
}
