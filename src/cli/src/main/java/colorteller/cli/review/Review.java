package colorteller.cli.review;

import colorteller.cli.cost.TemplateBill;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a change of the golden templates means.
 *
 * @param stacks what changes in each stack
 * @param openings what is allowed that was not
 * @param costs of the stacks that cost more or less
 * @param requests that give something else
 * @param cautions what requests may feel, and cannot be told; a line each
 * @param proxies whose Envoys are told something else
 * @param cannotTell why requests and proxies are not known; empty if they are
 */
public record Review(
    List<StackChange> stacks,
    List<Opening> openings,
    List<Cost> costs,
    List<RequestChange> requests,
    List<String> cautions,
    List<ProxyChange> proxies,
    Optional<String> cannotTell) {

  /**
   * What a pipeline may stop at: that something is opened; that something is replaced, or removed
   * that traffic needs; that a request gives something else.
   */
  public enum Gate {
    none,
    security,
    replacement,
    requests
  }

  /**
   * Compares two revisions.
   *
   * @param before the templates' folder of the one
   * @param after of the other
   * @param engine CDK's difference engine
   * @throws CannotTell if a file is no template
   */
  static Review of(Path before, Path after, DifferenceEngine engine) throws IOException {
    TemplateSet old = TemplateSet.in(before);
    TemplateSet now = TemplateSet.in(after);
    List<DifferenceEngine.Pair> changed = new ArrayList<>();
    for (String stage : union(old.files().keySet(), now.files().keySet())) {
      for (String stack :
          union(
              old.files().getOrDefault(stage, Map.of()).keySet(),
              now.files().getOrDefault(stage, Map.of()).keySet())) {
        JsonNode then = old.template(stage, stack);
        JsonNode template = now.template(stage, stack);
        if (!then.equals(template)) {
          changed.add(new DifferenceEngine.Pair(stage, stack, then, template));
        }
      }
    }
    Exports exports = Exports.of(now);
    // The same change of several stages is one.
    Map<StackChange, List<String>> stages = new LinkedHashMap<>();
    Set<Opening> openings = new LinkedHashSet<>();
    engine
        .differences(changed)
        .forEach(
            (pair, difference) -> {
              StackChange change = StackChanges.of(pair, difference, exports);
              if (!change.isEmpty()) {
                stages
                    .computeIfAbsent(change.in(List.of()), c -> new ArrayList<>())
                    .addAll(change.stages());
              }
              openings.addAll(Openings.of(pair.stack(), difference));
            });
    List<StackChange> stacks = new ArrayList<>();
    stages.forEach((change, where) -> stacks.add(change.in(where)));
    List<RequestChange> requests = List.of();
    List<String> cautions = List.of();
    List<ProxyChange> proxies = List.of();
    Optional<String> cannotTell = Optional.empty();
    try {
      Behaviour then = behaviour(old, before, "in the base, ");
      Behaviour behaviour = behaviour(now, after, "");
      requests = behaviour.requestsUnlike(then);
      cautions =
          Stream.concat(behaviour.unknownAsIn(then).stream(), Cautions.of(old, now).stream())
              .toList();
      proxies = behaviour.proxiesUnlike(then);
    } catch (CannotTell e) {
      cannotTell = Optional.ofNullable(e.getMessage());
    }
    return new Review(
        List.copyOf(stacks),
        List.copyOf(openings),
        costs(changed),
        requests,
        cautions,
        proxies,
        cannotTell);
  }

  private static Behaviour behaviour(TemplateSet templates, Path folder, String where) {
    try {
      return Behaviour.of(templates);
    } catch (CannotTell e) {
      throw new CannotTell(
          where + String.valueOf(e.getMessage()).replace(folder + File.separator, ""));
    }
  }

  static <T extends Comparable<T>> Set<T> union(Collection<T> a, Collection<T> b) {
    Set<T> all = new TreeSet<>(a);
    all.addAll(b);
    return all;
  }

  /** Of the stacks of the default stage; those of the other stages are the same ones. */
  private static List<Cost> costs(List<DifferenceEngine.Pair> changed) {
    Map<String, Cost> costs = new LinkedHashMap<>();
    for (DifferenceEngine.Pair pair : changed) {
      TemplateBill before = TemplateBill.of(pair.before());
      TemplateBill after = TemplateBill.of(pair.after());
      if (!before.unknown().equals(after.unknown())
          || Math.abs(before.bill().monthly() - after.bill().monthly()) >= 0.005) {
        costs.putIfAbsent(
            pair.stack(),
            new Cost(
                pair.stack(),
                before.bill().monthly(),
                before.unknown(),
                after.bill().monthly(),
                after.unknown()));
      }
    }
    return List.copyOf(costs.values());
  }

  /** Whether nothing changes, as far as that can be told. */
  boolean isEmpty() {
    return stacks.isEmpty() && cannotTell.isEmpty();
  }

  /** Whether something happened at which a gate stops. */
  boolean stopsAt(Gate gate) {
    return switch (gate) {
      case none -> false;
      case security -> !openings.isEmpty();
      case replacement ->
          stacks.stream()
              .anyMatch(
                  stack ->
                      !stack.refused().isEmpty()
                          || stack.resources().stream().anyMatch(ResourceChange::interrupts));
      case requests -> !requests.isEmpty();
    };
  }
}
