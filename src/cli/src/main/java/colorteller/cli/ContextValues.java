package colorteller.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** The option that stands for the CDK's own {@code -c}. */
final class ContextValues {

  @Option(
      names = "-c",
      paramLabel = "KEY=VALUE",
      description = "A context value, over what cdk.json says. Can be repeated.")
  List<String> values = List.of();
}
