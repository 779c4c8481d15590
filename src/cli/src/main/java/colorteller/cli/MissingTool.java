package colorteller.cli;

/** This machine lacks something; the message says what to do. */
final class MissingTool extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MissingTool(String message) {
    super(message);
  }
}
