package colorteller.infra;

import java.util.List;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

/**
 * All stacks. The CDK CLI, which cdk.json tells to start this, hands its context over in the
 * environment. Whoever starts it without the CLI gives {@code KEY=VALUE} arguments, which count
 * more than cdk.json.
 */
public final class CdkApp {

  private CdkApp() {}

  public static void main(String[] arguments) {
    Messages.guard(
        () -> {
          App app =
              System.getenv("CDK_CONTEXT_JSON") != null
                  ? new App()
                  : new App(
                      AppProps.builder()
                          .context(Context.of(List.of(arguments)).values())
                          .analyticsReporting(false)
                          .build());
          Context context = Context.of(app);
          Settings settings = Settings.of(context.values());
          System.err.println(
              settings.describe(
                  "%s (%s)".formatted(settings.stage().word(), context.source(Settings.STAGE)),
                  context));
          if (settings.backend() == Backend.APPMESH) {
            Messages.appMeshHasEnded();
          }
          WalkthroughStacks.addTo(app, settings, List.of(Variant.values()));
          settings
              .pipeline()
              .ifPresent(pipeline -> new PipelineStack(app, settings, pipeline, context.given()));
          app.synth();
        });
  }
}
