package colorteller.constructs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awscdk.Acknowledgment;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.Validations;
import software.constructs.Construct;

/** Synthesizes constructs in an app of their own, so that their resources are in no deployment. */
final class ApartTemplate {

  private ApartTemplate() {}

  /** The text of the template, which is that of a stack with the name of {@code scope}'s. */
  @SuppressWarnings("unchecked")
  static String of(Construct scope, Consumer<Stack> constructs) {
    String name = Stack.of(scope).getStackName();
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      App app =
          new App(
              AppProps.builder()
                  .outdir(folder.path().toString())
                  .context(
                      (Map<String, Object>) scope.getNode().getRoot().getNode().getAllContext())
                  .analyticsReporting(false)
                  .autoSynth(false)
                  .build());
      Stack stack = new Stack(app, name, StackProps.builder().stackName(name).build());
      Validations.of(stack)
          .acknowledge(
              Acknowledgment.builder()
                  .id("CloudFormation-Validate::W3696")
                  .reason("Nobody creates these resources: they are a control plane's document")
                  .build());
      constructs.accept(stack);
      app.synth();
      return Files.readString(folder.path().resolve(stack.getTemplateFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
