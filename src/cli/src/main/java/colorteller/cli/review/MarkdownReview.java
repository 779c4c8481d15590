package colorteller.cli.review;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A review as a pull request shows it: what a person asks first comes first. */
final class MarkdownReview {

  // More would hide the rest; --format json has all.
  private static final int LINES = 12;

  private final StringBuilder out = new StringBuilder();

  private MarkdownReview() {}

  /** The review as Markdown. */
  static String of(Review review, String base) {
    MarkdownReview markdown = new MarkdownReview();
    if (review.isEmpty()) {
      markdown.line("**Nothing changes** in the templates since %s.".formatted(base));
    } else {
      markdown.summary(review, base);
      markdown.stacks(review.stacks());
      markdown.openings(review.openings());
      markdown.costs(review.costs());
      markdown.requests(review.requests());
      markdown.proxies(review.proxies());
    }
    return markdown.out.toString();
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  private void summary(Review review, String base) {
    Map<ResourceChange.Kind, Long> kinds =
        review.stacks().stream()
            .flatMap(stack -> stack.resources().stream().distinct())
            .collect(groupingBy(ResourceChange::kind, TreeMap::new, counting()));
    line("# What this changes, since %s".formatted(base));
    line("");
    line(
        "- Resources: %s"
            .formatted(
                kinds.isEmpty()
                    ? "none"
                    : kinds.entrySet().stream()
                        .map(
                            e ->
                                "%d %s"
                                    .formatted(
                                        e.getValue(), e.getKey().words().toLowerCase(Locale.ROOT)))
                        .collect(joining(", "))));
    line(
        "- Security: %s"
            .formatted(
                review.openings().isEmpty()
                    ? "nothing is opened"
                    : "**%d opened**".formatted(review.openings().size())));
    line("- Cost a month: %s".formatted(cost(review.costs())));
    line(
        "- Requests: %s"
            .formatted(
                review.requests().isEmpty()
                    ? "every one gives what it gave"
                    : "**%d give something else**".formatted(review.requests().size())));
  }

  private static String cost(List<Cost> costs) {
    double change = costs.stream().mapToDouble(cost -> cost.after() - cost.before()).sum();
    if (costs.stream().anyMatch(cost -> !cost.unknown().isEmpty())) {
      return "not all of it has a price here";
    }
    return costs.isEmpty() ? "the same" : String.format(Locale.ROOT, "%+.2f US dollars", change);
  }

  private void stacks(List<StackChange> stacks) {
    line("\n## Stacks");
    for (StackChange stack : stacks) {
      line(
          "\n### %s%s\n"
              .formatted(
                  stack.stack(),
                  stack.stages().size() > 1
                      ? ", stages " + String.join(", ", stack.stages())
                      : ", stage " + stack.stages().get(0)));
      stack.resources().forEach(this::resource);
      if (!stack.others().isEmpty()) {
        line("- Also: %s".formatted(String.join(", ", stack.others())));
      }
    }
  }

  private void resource(ResourceChange resource) {
    line(
        "- **%s**: %s `%s`%s%s"
            .formatted(
                resource.kind().words(),
                words(resource.type()),
                resource.name(),
                resource.properties().isEmpty()
                    ? ""
                    : " (" + String.join(", ", resource.properties()) + ")",
                resource.kind().replaces() ? ". " + Replacement.meaning(resource.type()) : ""));
  }

  /** Such as {@code target group} for {@code AWS::ElasticLoadBalancingV2::TargetGroup}. */
  private static String words(String type) {
    return type.substring(type.lastIndexOf(':') + 1)
        .replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ")
        .toLowerCase(Locale.ROOT);
  }

  private void openings(List<Opening> openings) {
    line("\n## Security\n");
    if (openings.isEmpty()) {
      line(
          "As far as these templates show it, no policy, no rule of a security group and none of the"
              + " properties that are looked at allows more than before.");
      return;
    }
    openings.stream()
        .collect(
            groupingBy(
                o -> "`%s` of %s".formatted(o.who(), o.stack()), LinkedHashMap::new, toList()))
        .forEach(
            (who, all) -> {
              line("- " + who);
              all.forEach(this::opening);
            });
  }

  private void opening(Opening opening) {
    line(
        "  - before: %s"
            .formatted(
                opening.before().isEmpty()
                    ? "nothing"
                    : opening.before().stream().map(b -> "`" + b + "`").collect(joining("; "))));
    line("  - after: `%s`".formatted(opening.after()));
  }

  private void costs(List<Cost> costs) {
    line("\n## Cost\n");
    if (costs.isEmpty()) {
      line("The stacks cost what they cost, as far as their templates show it.");
      return;
    }
    line("| stack | US dollars a month, before | after |\n|---|---|---|");
    for (Cost cost : costs) {
      line(
          "| %s | %s | %s |"
              .formatted(cost.stack(), dollars(cost.before()), dollars(cost.after())));
      if (!cost.unknown().isEmpty()) {
        line(
            "| | without %s, which has no price here | |"
                .formatted(String.join(", ", cost.unknown())));
      }
    }
  }

  private static String dollars(double amount) {
    return String.format(Locale.ROOT, "%.2f", amount);
  }

  private void requests(List<RequestChange> requests) {
    line("\n## Requests\n");
    if (requests.isEmpty()) {
      line("Every request gives what it gave, in every stage of both variants.");
      return;
    }
    line("| variant | stage | request | before | after |\n|---|---|---|---|---|");
    Map<String, String> why = new LinkedHashMap<>();
    // Most requests give the same through both addresses of the gateway.
    Map<List<String>, List<RequestChange>> rows =
        requests.stream()
            .collect(
                groupingBy(
                    r -> List.of(r.variant(), r.stage(), r.path(), r.before(), r.after()),
                    LinkedHashMap::new,
                    toList()));
    rows.forEach(
        (key, both) -> {
          line(
              "| %s | %s | %s%s | %s | %s |"
                  .formatted(
                      key.get(0),
                      key.get(1),
                      key.get(2),
                      both.size() == 1 ? " via " + both.get(0).via() : "",
                      key.get(3),
                      key.get(4)));
          both.forEach(
              r ->
                  why.putIfAbsent(r.why(), "%s %s %s".formatted(r.variant(), r.stage(), r.path())));
        });
    line("\nWhy:\n");
    why.forEach((text, where) -> line("- %s: %s".formatted(where, text)));
  }

  private void proxies(List<ProxyChange> proxies) {
    line("\n## Envoys\n");
    if (proxies.isEmpty()) {
      line("Every Envoy is told what it was told.");
      return;
    }
    for (ProxyChange proxy : proxies) {
      line("- `%s`, %s".formatted(proxy.proxy(), String.join(", ", proxy.stages())));
      proxy.differences().stream()
          .limit(LINES)
          .forEach(difference -> line("  - `%s`".formatted(difference)));
      if (proxy.differences().size() > LINES) {
        line("  - and %d more".formatted(proxy.differences().size() - LINES));
      }
    }
  }
}
