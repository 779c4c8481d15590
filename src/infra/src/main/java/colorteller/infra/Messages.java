package colorteller.infra;

import java.util.Locale;

/** What the app says to a person, on standard error. */
final class Messages {

  private static final int FAILED = 1;
  private static final int REFUSED = 2;

  private Messages() {}

  /** Runs the app; settings that are not allowed end it with one line and status 2. */
  static void guard(Runnable app) {
    // Digits in templates are 0 to 9, whatever this machine's language.
    Locale.setDefault(Locale.ROOT);
    try {
      app.run();
    } catch (SettingsException e) {
      System.err.println(e.getMessage());
      System.exit(REFUSED);
    } catch (RuntimeException e) {
      // The CDK's own complaint, without the frames of jsii.
      System.err.println(
          "The CDK cannot synthesize the stacks: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()));
      System.exit(FAILED);
    }
  }

  static void appMeshHasEnded() {
    System.err.println(
        "Note: AWS ended App Mesh on 2026-09-30, so AWS::AppMesh resources cannot be created any more. With -c backend=envoy the same mesh can be deployed; ./walkthrough local runs these templates on this machine.");
  }
}
