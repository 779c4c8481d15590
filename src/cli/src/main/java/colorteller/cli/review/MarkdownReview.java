package colorteller.cli.review;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A review as a pull request shows it: what a person asks first comes first. */
final class MarkdownReview {

  // More would hide the rest; --format json has all.
  private static final int LINES = 12;
  private static final int RESOURCES = 40;

  private final StringBuilder out = new StringBuilder();

  private MarkdownReview() {}

  /** The review as Markdown. */
  static String of(Review review, String base) {
    MarkdownReview markdown = new MarkdownReview();
    if (review.isEmpty()) {
      markdown.line("**Nothing changes** in the templates since %s.".formatted(code(base)));
    } else {
      markdown.summary(review, base);
      markdown.stacks(review.stacks());
      markdown.openings(review.openings());
      markdown.costs(review.costs());
      if (review.cannotTell().isPresent()) {
        markdown.line("\n## Requests and Envoys\n");
        markdown.line("What they do **cannot be told**: %s".formatted(review.cannotTell().get()));
      } else {
        markdown.requests(review.requests());
        markdown.proxies(review.proxies());
      }
    }
    return markdown.out.toString();
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  private void summary(Review review, String base) {
    Map<ResourceChange.Kind, Long> kinds =
        review.stacks().stream()
            .flatMap(
                stack ->
                    Stream.concat(
                        stack.refused().stream().map(text -> ResourceChange.Kind.REFUSED),
                        stack.resources().stream().map(ResourceChange::kind)))
            .collect(groupingBy(kind -> kind, TreeMap::new, counting()));
    line("# What this changes, since %s".formatted(code(base)));
    line("");
    line(
        "- Resources: %s"
            .formatted(
                kinds.isEmpty()
                    ? "none"
                    : kinds.entrySet().stream()
                        .map(e -> e.getValue() + " " + inSentence(e.getKey().words()))
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
                review.cannotTell().isPresent()
                    ? "**cannot be told**"
                    : review.requests().isEmpty()
                        ? "every one gives what it gave"
                        : "**%d give something else**".formatted(review.requests().size())));
  }

  private static String cost(List<Cost> costs) {
    double change = costs.stream().mapToDouble(Cost::change).sum();
    String unknown =
        costs.stream().flatMap(cost -> cost.unknown().stream()).distinct().collect(joining(", "));
    if (!unknown.isEmpty()) {
      return "cannot be told, since %s has no price here".formatted(unknown);
    }
    return costs.isEmpty() ? "the same" : String.format(Locale.ROOT, "%+.2f US dollars", change);
  }

  private void stacks(List<StackChange> stacks) {
    line("\n## Stacks");
    for (StackChange stack : stacks) {
      // Of other stacks there is one, the same in every stage.
      line(
          "\n### %s%s\n"
              .formatted(
                  stack.stack(),
                  stack.stack().endsWith("-mesh")
                      ? ", stage%s %s"
                          .formatted(
                              stack.stages().size() > 1 ? "s" : "",
                              String.join(", ", stack.stages()))
                      : ""));
      stack.refused().forEach(text -> line("- **Refused by CloudFormation**: " + text));
      if (stack.whole().isPresent()) {
        whole(stack.whole().get(), stack.resources());
      } else {
        stack.resources().stream().limit(RESOURCES).forEach(this::resource);
        if (stack.resources().size() > RESOURCES) {
          line("- and %d more".formatted(stack.resources().size() - RESOURCES));
        }
      }
      if (!stack.others().isEmpty() && stack.whole().isEmpty()) {
        line("- Also: %s".formatted(String.join(", ", stack.others())));
      }
    }
  }

  /** Of a whole stack, each type in one line. */
  private void whole(ResourceChange.Kind kind, List<ResourceChange> resources) {
    line(
        "- **%s stack**, %d resources:"
            .formatted(kind == ResourceChange.Kind.ADDED ? "New" : "Removed", resources.size()));
    Map<String, List<ResourceChange>> types =
        resources.stream().collect(groupingBy(ResourceChange::type, LinkedHashMap::new, toList()));
    types.forEach(
        (type, all) ->
            line("  - %d %s%s".formatted(all.size(), words(type), sentence(all.get(0).meaning()))));
  }

  private static String sentence(String meaning) {
    return meaning.isEmpty() ? "" : ". " + meaning;
  }

  private void resource(ResourceChange resource) {
    line(
        "- **%s**: %s %s%s%s%s"
            .formatted(
                resource.kind().words(),
                words(resource.type()),
                resource.formerName().map(name -> code(name) + " → ").orElse(""),
                code(resource.name()),
                resource.properties().isEmpty()
                    ? ""
                    : " (" + String.join(", ", resource.properties()) + ")",
                sentence(
                    (resource.kind() == ResourceChange.Kind.MAY_BE_REPLACED ? "If so: " : "")
                        + resource.meaning())));
  }

  /** Names of services that a person would not recognize in a type. */
  private static final Map<String, String> SERVICES =
      Map.of(
          "AppMesh", "App Mesh",
          "ElasticLoadBalancingV2", "load balancer's",
          "ServiceDiscovery", "Cloud Map",
          "Logs", "CloudWatch");

  /** Such as {@code ECS task definition} for {@code AWS::ECS::TaskDefinition}. */
  private static String words(String type) {
    String[] parts = type.split("::", -1);
    String name = parts[parts.length - 1];
    String service = parts.length < 3 ? "" : SERVICES.getOrDefault(parts[1], parts[1]) + " ";
    return name.equals("LoadBalancer")
        ? "load balancer"
        : service
            + Stream.of(name.split("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", -1))
                .map(word -> word.matches("[A-Z]{2,}") ? word : lower(word))
                .collect(joining(" "));
  }

  private static String inSentence(String text) {
    return lower(text.substring(0, 1)) + text.substring(1);
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Text of a template: whatever it holds, it stays one line, and is not taken for Markdown. */
  private static String code(String text) {
    String line = text.replaceAll("\\R", "␤").replace("|", "\\|");
    if (!line.contains("`")) {
      return "`" + line + "`";
    }
    return "`` " + line.replaceAll("``+", "`") + " ``";
  }

  private void openings(List<Opening> openings) {
    line("\n## Security\n");
    if (openings.isEmpty()) {
      line("No permission and no rule of a security group allows more than before.");
      return;
    }
    for (Opening opening : openings) {
      line(
          "- %s of %s"
              .formatted(
                  opening.who().isEmpty() ? "a policy" : "`" + opening.who() + "`",
                  opening.stack()));
      line(
          "  - before: %s"
              .formatted(
                  opening.before().isEmpty()
                      ? "nothing"
                      : opening.before().stream().map(b -> "`" + b + "`").collect(joining("; "))));
      line("  - after: `%s`".formatted(opening.after()));
    }
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
              .formatted(
                  cost.stack(),
                  dollars(cost.before(), cost.unknownBefore()),
                  dollars(cost.after(), cost.unknownAfter())));
    }
  }

  private static String dollars(double amount, Set<String> unknown) {
    return Stream.concat(
            Stream.of(String.format(Locale.ROOT, "%.2f", amount)),
            unknown.stream().map(what -> what + " (no price here)"))
        .collect(joining(" + "));
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
