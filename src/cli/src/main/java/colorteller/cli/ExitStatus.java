package colorteller.cli;

/** The exit statuses that {@code docs/commands.md} promises. */
final class ExitStatus {

  static final int AS_EXPECTED = 0;
  static final int DIFFERS = 1;
  static final int UNUSABLE_INPUT = 2;
  static final int MISSING_TOOL = 3;
  static final int FAULT = 4;

  private ExitStatus() {}
}
