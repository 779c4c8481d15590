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
import java.util.stream.Stream;

/**
 * The stacks that a request through a variant's mesh meets.
 *
 * @param backend what tells the Envoys what to do
 * @param variant {@code dns} or {@code cloud}
 * @param mesh the stack that has the mesh
 * @param services the stack that has what runs in it
 * @param cluster the stack that has the namespaces
 */
record VariantStacks(
    Backend backend, String variant, String mesh, String services, String cluster) {

  private static final Pattern MESH = Pattern.compile("(.*)-(dns|cloud)-mesh");

  /** Those of a mesh's stack in a stage, of each backend; none if the stack has no mesh there. */
  static List<VariantStacks> ofMesh(TemplateSet templates, String stage, String stack) {
    Matcher name = MESH.matcher(stack);
    if (Backend.of(stage) != Backend.appmesh || !name.matches()) {
      return List.of();
    }
    return Stream.of(Backend.values())
        .map(
            backend ->
                new VariantStacks(
                    backend,
                    name.group(2),
                    stack,
                    "%s-%s-ecs-service".formatted(name.group(1), name.group(2)),
                    name.group(1) + "-ecs-cluster"))
        .filter(
            of ->
                of.backend == Backend.appmesh
                    || templates.file(TemplateSet.OWN_ENVOYS, of.services).isPresent())
        .toList();
  }

  /** Whether a change may concern the requests of a stage: it is in one of these stacks. */
  boolean areConcerned(String stage, List<ChangedTemplate> changed) {
    return changed.stream()
        .anyMatch(
            change -> {
              if (change.stack().equals(mesh)) {
                return change.stage().equals(stage);
              }
              return change.stack().equals(services)
                  ? Backend.of(change.stage()) == backend
                  : change.stack().equals(cluster);
            });
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
  private Optional<String> folder(TemplateSet templates, String stage, String stack) {
    Backend owner = stack.equals(services) ? backend : Backend.appmesh;
    if (owner == Backend.appmesh && templates.file(stage, stack).isPresent()) {
      return Optional.of(stage);
    }
    List<String> folders =
        templates.entries().keySet().stream()
            .filter(folder -> Backend.of(folder) == owner)
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
