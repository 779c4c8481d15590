package colorteller.review.requests;

import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.TemplateException;
import colorteller.review.template.CannotTell;
import colorteller.review.template.ChangedTemplate;
import colorteller.review.template.TemplateSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The stacks that a request through a variant's mesh meets.
 *
 * @param variant {@code dns} or {@code cloud}
 * @param mesh the stack that has the mesh
 * @param services the stack that has what runs in it
 * @param cluster the stack that has the namespaces
 */
record VariantStacks(String variant, String mesh, String services, String cluster) {

  private static final Pattern MESH = Pattern.compile("(.*)-(dns|cloud)-mesh");

  /** Those of a mesh's stack; empty if a stack has no mesh. */
  static Optional<VariantStacks> ofMesh(String stack) {
    Matcher name = MESH.matcher(stack);
    return name.matches()
        ? Optional.of(
            new VariantStacks(
                name.group(2),
                stack,
                "%s-%s-ecs-service".formatted(name.group(1), name.group(2)),
                name.group(1) + "-ecs-cluster"))
        : Optional.empty();
  }

  /** Whether a change may concern the requests of a stage: it is in one of these stacks. */
  boolean areConcerned(String stage, List<ChangedTemplate> changed) {
    return changed.stream()
        .anyMatch(
            change ->
                change.stack().equals(mesh)
                    ? change.stage().equals(stage)
                    : List.of(services, cluster).contains(change.stack()));
  }

  /**
   * The way of requests in a stage.
   *
   * @param meshFile the template of the mesh in that stage
   * @throws CannotTell if a template is missing or cannot be read
   */
  RequestPath path(TemplateSet templates, String stage, Path meshFile) {
    String of =
        folder(templates, stage, services)
            .orElseThrow(
                () ->
                    new CannotTell(
                        "There is no template of stack %s, which the mesh needs"
                            .formatted(services)));
    try {
      return new RequestPath(
          MeshReader.read(Template.read(meshFile, Map.of())),
          Template.read(templates.file(of, services).orElseThrow(), Map.of()),
          new TemplateResources(templates.template(of, services)),
          new TemplateResources(
              templates.template(folder(templates, stage, cluster).orElse(stage), cluster)));
    } catch (TemplateException e) {
      throw new CannotTell(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Where the template is that a mesh of a stage needs: the stage is in the mesh only, so the other
   * stacks' templates are in one stage's folder.
   */
  private static Optional<String> folder(TemplateSet templates, String stage, String stack) {
    if (templates.file(stage, stack).isPresent()) {
      return Optional.of(stage);
    }
    List<String> folders =
        templates.entries().keySet().stream()
            .filter(folder -> templates.file(folder, stack).isPresent())
            .toList();
    if (folders.stream().map(folder -> templates.template(folder, stack)).distinct().count() > 1) {
      throw new CannotTell(
          "stage %s has no template of %s, and stages %s have different ones"
              .formatted(stage, stack, String.join(", ", folders)));
    }
    return folders.stream().findFirst();
  }
}
