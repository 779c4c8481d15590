package colorteller.infra;

/** A setting is not allowed; the message names its key, its value, and what is allowed. */
final class SettingsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SettingsException(String message) {
    super(message);
  }
}
