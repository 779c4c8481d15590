package colorteller.cli.review;

import colorteller.cli.cost.TemplateBill;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
 * @param proxies whose Envoys are told something else
 */
public record Review(
    List<StackChange> stacks,
    List<Opening> openings,
    List<Cost> costs,
    List<RequestChange> requests,
    List<ProxyChange> proxies) {

  /** What a pipeline may stop at. */
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
   * @throws CannotTell if a template cannot be read
   */
  static Review of(Path before, Path after, DifferenceEngine engine) throws IOException {
    TemplateSet old = TemplateSet.in(before);
    TemplateSet now = TemplateSet.in(after);
    Map<String, StackChange> changes = new LinkedHashMap<>();
    Set<Opening> openings = new LinkedHashSet<>();
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
    engine
        .differences(changed)
        .forEach(
            (pair, difference) -> {
              StackChange change = StackChanges.of(pair, difference);
              changes.merge(
                  change.stack() + change.resources() + change.others(), change, Review::inBoth);
              openings.addAll(Openings.of(pair.stack(), pair.before(), pair.after()));
            });
    Behaviour oldBehaviour = Behaviour.of(old);
    Behaviour newBehaviour = Behaviour.of(now);
    return new Review(
        List.copyOf(changes.values()),
        List.copyOf(openings),
        costs(changed),
        newBehaviour.requestsUnlike(oldBehaviour),
        newBehaviour.proxiesUnlike(oldBehaviour));
  }

  static <T extends Comparable<T>> Set<T> union(Collection<T> a, Collection<T> b) {
    Set<T> all = new TreeSet<>(a);
    all.addAll(b);
    return all;
  }

  /** The same change in one more stage. */
  private static StackChange inBoth(StackChange one, StackChange other) {
    return new StackChange(
        one.stack(),
        Stream.concat(one.stages().stream(), other.stages().stream()).toList(),
        one.resources(),
        one.others());
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
                after.bill().monthly(),
                union(before.unknown(), after.unknown())));
      }
    }
    return List.copyOf(costs.values());
  }

  boolean isEmpty() {
    return stacks.isEmpty();
  }

  /** Whether something happened at which a gate stops. */
  boolean stopsAt(Gate gate) {
    return switch (gate) {
      case none -> false;
      case security -> !openings.isEmpty();
      case replacement ->
          stacks.stream()
              .flatMap(stack -> stack.resources().stream())
              .anyMatch(resource -> resource.kind().replaces());
      case requests -> !requests.isEmpty();
    };
  }
}
