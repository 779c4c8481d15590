package colorteller.review.stacks;

import colorteller.mesh.template.References;
import colorteller.review.template.ChangedTemplate;
import colorteller.review.template.TemplateSet;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which stacks import what others export. As long as one does, CloudFormation neither removes nor
 * changes the export.
 *
 * @param importers names of stacks, by the name of the export
 */
public record Exports(Map<String, Set<String>> importers) {

  /**
   * Of both revisions: the stacks that export are deployed before those that import no longer.
   *
   * @param templates before and after
   */
  public static Exports of(TemplateSet... templates) {
    Map<String, Set<String>> importers = new HashMap<>();
    Stream.of(templates)
        .flatMap(set -> set.entries().values().stream())
        .forEach(
            stacks ->
                stacks.forEach(
                    (stack, entry) ->
                        References.exportsIn(entry.template())
                            .forEach(
                                name ->
                                    importers
                                        .computeIfAbsent(name, n -> new TreeSet<>())
                                        .add(stack))));
    return new Exports(importers);
  }

  /** What a stack exports no longer, and others import still. */
  List<String> removedThoughImported(ChangedTemplate pair) {
    List<String> lines = new ArrayList<>();
    Set<String> kept = new TreeSet<>();
    outputs(pair.after()).forEach(output -> kept.add(name(output)));
    outputs(pair.before())
        .map(Exports::name)
        .filter(name -> !kept.contains(name) && importers.containsKey(name))
        .forEach(
            name ->
                lines.add(
                    "export %s is removed, but imported by %s: let that go first, in a deployment of its own"
                        .formatted(name, String.join(", ", importers.get(name)))));
    return lines;
  }

  /** The stacks that import a resource of this one: under another id, it is another value. */
  Set<String> importersOf(ChangedTemplate pair, String id) {
    Set<String> stacks = new TreeSet<>();
    outputs(pair.after())
        .filter(output -> References.in(output.path("Value")).contains(id))
        .forEach(output -> stacks.addAll(importers.getOrDefault(name(output), Set.of())));
    return stacks;
  }

  private static Stream<JsonNode> outputs(JsonNode template) {
    return template.path("Outputs").valueStream().filter(output -> output.has("Export"));
  }

  private static String name(JsonNode output) {
    return output.at("/Export/Name").asText();
  }
}
