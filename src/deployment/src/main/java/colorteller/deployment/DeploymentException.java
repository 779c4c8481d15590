package colorteller.deployment;

/** The templates do not say what is needed; the message says what, and where. */
public final class DeploymentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DeploymentException(String message) {
    super(message);
  }
}
