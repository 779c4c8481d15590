package colorteller.cli;

import colorteller.mesh.report.Scenario;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options that say what is to be run: stages of the walkthrough, or somebody's own template.
 */
final class ScenarioOptions {

  @Option(
      names = "--variant",
      paramLabel = "dns|cloud|both",
      description = "How nodes are found. Default: both.")
  @Nullable String variant;

  @Option(
      names = "--stage",
      paramLabel = "NAME|all",
      description =
          "v4_only, v4_preferred, v6_only, v6_preferred, override, custom or none. Default: all.")
  @Nullable String stage;

  @Mixin ContextValues context = new ContextValues();

  @Mixin TemplateOptions own = new TemplateOptions();

  /**
   * Reads what the options name.
   *
   * @throws UnusableInput if they contradict each other
   * @throws colorteller.mesh.template.TemplateException if a template cannot be read
   */
  List<Scenario> scenarios() {
    return own.areGiven()
        ? List.of(own.scenario(variant, stage, context))
        : Machine.synthesis()
            .scenarios(Objects.requireNonNullElse(stage, "all"), variants(), context.values);
  }

  private List<String> variants() {
    String word = Objects.requireNonNullElse(variant, "both");
    return switch (word) {
      case "dns", "cloud" -> List.of(word);
      case "both" -> List.of("dns", "cloud");
      default ->
          throw new UnusableInput(
              "--variant '%s' is not allowed; allowed are dns, cloud, both".formatted(word));
    };
  }
}
