package colorteller.cli;

import colorteller.mesh.Mesh;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.WorkloadsFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

  @Option(
      names = "--template",
      paramLabel = "FILE",
      description = "Your own App Mesh template (CloudFormation, JSON or YAML) instead of a stage.")
  @Nullable Path template;

  @Option(
      names = "--parameter",
      paramLabel = "KEY=VALUE",
      description = "A parameter of --template. Can be repeated.")
  List<String> parameters = List.of();

  @Option(
      names = "--workloads",
      paramLabel = "FILE",
      description =
          "For --template: a YAML file of lines 'NODE: {discovery: FAMILY, application: FAMILY}',"
              + " FAMILY being ipv4, ipv6 or dual. Default: dual for every node.")
  @Nullable Path workloads;

  /**
   * Reads what the options name.
   *
   * @throws UnusableInput if they contradict each other
   * @throws colorteller.mesh.template.TemplateException if a template cannot be read
   */
  List<Scenario> scenarios() {
    return template == null ? stages() : List.of(foreign(template));
  }

  private List<Scenario> stages() {
    refuse("--parameter", !parameters.isEmpty(), "it is for --template FILE");
    refuse("--workloads", workloads != null, "it is for --template FILE");
    return Machine.synthesis()
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

  private Scenario foreign(Path file) {
    String why = "--template has no variants and stages; change its parameters with --parameter";
    refuse("--variant", variant != null, why);
    refuse("--stage", stage != null, why);
    refuse("-c", !context.values.isEmpty(), why);
    Mesh mesh = MeshReader.read(Template.read(file, parameters()));
    if (mesh.requests().isEmpty()) {
      throw new UnusableInput(
          "%s: mesh %s has no gateway route, so there is nothing to request; add an AWS::AppMesh::GatewayRoute"
              .formatted(file, mesh.name()));
    }
    return new Scenario(
        Optional.empty(),
        Optional.empty(),
        mesh,
        workloads == null ? WorkloadsFile.dual(mesh) : WorkloadsFile.read(workloads, mesh));
  }

  private Map<String, String> parameters() {
    Map<String, String> result = new LinkedHashMap<>();
    for (String parameter : parameters) {
      int equals = parameter.indexOf('=');
      if (equals < 1) {
        throw new UnusableInput(
            "--parameter '%s' is not allowed; write it as KEY=VALUE".formatted(parameter));
      }
      if (result.put(parameter.substring(0, equals), parameter.substring(equals + 1)) != null) {
        throw new UnusableInput(
            "--parameter %s is given twice; give it once"
                .formatted(parameter.substring(0, equals)));
      }
    }
    return result;
  }

  private static void refuse(String option, boolean given, String why) {
    if (given) {
      throw new UnusableInput("%s cannot be used here: %s".formatted(option, why));
    }
  }
}
