package colorteller.cli;

import colorteller.mesh.Mesh;
import colorteller.mesh.Outside;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Place;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.Templates;
import colorteller.mesh.template.WorkloadsFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name somebody's own mesh. */
final class TemplateOptions {

  @Option(
      names = "--template",
      paramLabel = "FILE",
      description =
          "Your own App Mesh template (CloudFormation, JSON or YAML). Can be repeated, and be a"
              + " folder, for a mesh of several templates.")
  List<Path> templates = List.of();

  @Option(
      names = "--parameter",
      paramLabel = "KEY=VALUE",
      description = "A parameter of --template. Can be repeated.")
  List<String> parameters = List.of();

  @Option(
      names = "--mesh",
      paramLabel = "NAME",
      description = "Which mesh is meant, where --template has several.")
  @Nullable String mesh;

  @Option(
      names = "--workloads",
      paramLabel = "FILE",
      description =
          "For --template: a YAML file of lines 'NODE: {discovery: FAMILY, application: FAMILY,"
              + " fault: FAULT}', FAMILY being ipv4, ipv6 or dual. Default: dual, without a fault;"
              + " discovery ipv4 where there is no IP preference.")
  @Nullable Path workloads;

  /** Whether they name one; if not, the walkthrough's own mesh is meant. */
  boolean areGiven() {
    if (templates.isEmpty()) {
      refuse("--parameter", !parameters.isEmpty(), "it is for --template FILE");
      refuse("--mesh", mesh != null, "it is for --template FILE");
      refuse("--workloads", workloads != null, "it is for --template FILE");
    }
    return !templates.isEmpty();
  }

  /**
   * The mesh of the templates, and what runs behind its nodes.
   *
   * @throws UnusableInput if something is given that the walkthrough's own meshes have only
   * @throws colorteller.mesh.template.TemplateException if a template cannot be read
   */
  Scenario scenario(@Nullable String variant, @Nullable String stage, ContextValues context) {
    String why = "--template has no variants and stages; change its parameters with --parameter";
    refuse("--variant", variant != null, why);
    refuse("--stage", stage != null, why);
    refuse("-c", !context.values.isEmpty(), why);
    Scenario scenario = scenario(read());
    sayWhatIsElsewhere(scenario.mesh());
    return scenario;
  }

  /** What the templates only refer to might be a slip of the pen. */
  static void sayWhatIsElsewhere(Mesh mesh) {
    if (!mesh.outside().isEmpty()) {
      System.err.println(
          "%s: taken as given, for it is not in these templates: %s"
              .formatted(
                  mesh.name(),
                  mesh.outside().stream()
                      .map(Outside::words)
                      .sorted()
                      .collect(Collectors.joining(", "))));
    }
  }

  private static void refuse(String option, boolean given, String why) {
    if (given) {
      throw new UnusableInput("%s cannot be used here: %s".formatted(option, why));
    }
  }

  /** Reads the templates. */
  List<Template> read() {
    if (templates.isEmpty()) {
      throw new UnusableInput("--template FILE is missing; name the template of a mesh");
    }
    MeshReader.load();
    List<Template> read = Templates.read(templates, parameters());
    read.forEach(TemplateOptions::sayWhatIsNested);
    return read;
  }

  private static void sayWhatIsNested(Template template) {
    template
        .existing()
        .forEach(
            (id, resource) -> {
              if (resource.type().equals("AWS::CloudFormation::Stack")) {
                System.err.println(
                    "%s: %s: a nested stack, which is not read; if it has parts of the mesh, name its template, too"
                        .formatted(template.file(), id));
              }
            });
  }

  /** The mesh of the templates, and what runs behind its nodes. */
  Scenario scenario(List<Template> read) {
    Mesh its = MeshReader.read(read, Optional.ofNullable(mesh));
    return new Scenario(
        Optional.empty(),
        Optional.empty(),
        its,
        workloads == null ? WorkloadsFile.defaults(its) : WorkloadsFile.read(workloads, its));
  }

  /** Where the resources of the mesh stand in the templates. */
  Map<String, Place> places(List<Template> read) {
    return MeshReader.places(read, Optional.ofNullable(mesh));
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
}
