package colorteller.infra;

import java.util.List;
import software.amazon.awscdk.App;

/** What cdk.json starts. */
public final class CdkApp {

  private CdkApp() {}

  public static void main(String[] arguments) {
    Messages.guard(
        () -> {
          App app = new App();
          Context context = Context.of(app);
          Settings settings = Settings.of(context.values());
          System.err.println(
              settings.describe(
                  "%s (%s)".formatted(settings.stage().word(), context.source(Settings.STAGE)),
                  context));
          Messages.appMeshHasEnded();
          Walkthrough.addTo(app, settings, List.of(Variant.values()));
          app.synth();
        });
  }
}
