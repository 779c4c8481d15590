package colorteller.review;

import static java.util.Comparator.comparing;

import colorteller.cost.TemplateBill;
import colorteller.review.requests.Backend;
import colorteller.review.requests.Behaviour;
import colorteller.review.requests.Cautions;
import colorteller.review.requests.ComparedRequests;
import colorteller.review.requests.ProxyChange;
import colorteller.review.requests.RequestChange;
import colorteller.review.security.Opening;
import colorteller.review.security.Openings;
import colorteller.review.stacks.DifferenceEngine;
import colorteller.review.stacks.Exports;
import colorteller.review.stacks.ResourceChange;
import colorteller.review.stacks.StackChange;
import colorteller.review.stacks.StackChanges;
import colorteller.review.template.CannotTell;
import colorteller.review.template.ChangedTemplate;
import colorteller.review.template.TemplateSet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a change of the golden templates means.
 *
 * @param stacks what changes in each stack
 * @param openings what is allowed that was not
 * @param costs of the stacks that cost more or less
 * @param requests that give something else
 * @param unknown requests of which neither before nor after can be told what they give; a line each
 * @param cautions what requests may feel, and cannot be told; a line each
 * @param proxies whose Envoys are told something else
 * @param cannotTell why requests and proxies are not known; empty if they are
 */
public record Review(
    List<StackChange> stacks,
    List<Opening> openings,
    List<Cost> costs,
    List<RequestChange> requests,
    List<String> unknown,
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
    // What is so with App Mesh is not said of another backend as well.
    List<ChangedTemplate> changed =
        old.changedIn(now).stream().sorted(comparing(pair -> Backend.of(pair.stage()))).toList();
    Exports exports = Exports.of(old, now);
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
              Openings.of(pair.stack(), pair.before(), pair.after()).stream()
                  .filter(opening -> !openings.contains(opening))
                  .map(opening -> opening.with(Backend.of(pair.stage()).toString()))
                  .forEach(openings::add);
            });
    List<StackChange> stacks = new ArrayList<>();
    stages.forEach((change, where) -> stacks.add(change.in(where)));
    ComparedRequests requests = new ComparedRequests(List.of(), List.of());
    List<String> cautions = List.of();
    List<ProxyChange> proxies = List.of();
    Optional<String> cannotTell = Optional.empty();
    try {
      Behaviour then = behaviour(old, changed, before, "in the base, ");
      Behaviour behaviour = behaviour(now, changed, after, "");
      requests = behaviour.requestsAgainst(then);
      cautions = Cautions.of(changed);
      proxies = behaviour.proxiesUnlike(then);
    } catch (CannotTell e) {
      cannotTell = Optional.ofNullable(e.getMessage());
    }
    return new Review(
        List.copyOf(stacks),
        List.copyOf(openings),
        costs(changed, old, now),
        requests.changes(),
        requests.unknown(),
        cautions,
        proxies,
        cannotTell);
  }

  private static Behaviour behaviour(
      TemplateSet templates, List<ChangedTemplate> changed, Path folder, String where) {
    try {
      return Behaviour.of(templates, changed);
    } catch (CannotTell e) {
      throw new CannotTell(
          where + String.valueOf(e.getMessage()).replace(folder + File.separator, ""));
    }
  }

  /** Of each stack once, as it costs the same in every stage. */
  private static List<Cost> costs(List<ChangedTemplate> changed, TemplateSet... sets) {
    Map<List<Object>, Cost> costs = new LinkedHashMap<>();
    for (ChangedTemplate pair : changed) {
      TemplateBill before = TemplateBill.of(pair.before());
      TemplateBill after = TemplateBill.of(pair.after());
      if (!before.unknown().equals(after.unknown())
          || Math.abs(before.bill().monthly() - after.bill().monthly()) >= 0.005) {
        Set<Backend> backends = backends(pair, sets);
        costs.putIfAbsent(
            List.of(pair.stack(), backends),
            new Cost(
                backends,
                pair.stack(),
                before.bill().monthly(),
                before.unknown(),
                after.bill().monthly(),
                after.unknown()));
      }
    }
    return List.copyOf(costs.values());
  }

  /** With which a template is deployed: with both, unless it is one of a backend's own. */
  private static Set<Backend> backends(ChangedTemplate pair, TemplateSet... sets) {
    Backend backend = Backend.of(pair.stage());
    return backend == Backend.envoy
            || Stream.of(sets)
                .anyMatch(set -> set.file(TemplateSet.OWN_ENVOYS, pair.stack()).isPresent())
        ? EnumSet.of(backend)
        : EnumSet.allOf(Backend.class);
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
