package colorteller.review;

import static colorteller.review.MarkdownText.code;
import static colorteller.review.MarkdownText.plain;
import static colorteller.review.MarkdownText.shortened;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toList;

import colorteller.review.requests.Backend;
import colorteller.review.requests.Cautions;
import colorteller.review.requests.ProxyChange;
import colorteller.review.requests.RequestChange;
import colorteller.review.requests.RequestRow;
import colorteller.review.security.Opening;
import colorteller.review.stacks.ResourceChange;
import colorteller.review.stacks.StackChange;
import colorteller.review.stacks.TypeWords;
import colorteller.review.template.TemplateSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
  private static final int PROPERTIES = 5;

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
        markdown.line(
            "What they do **cannot be told**: %s".formatted(plain(review.cannotTell().get())));
      } else {
        markdown.requests(review);
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
                    ? "nothing is opened, as far as it can be told"
                    : "**%d opened**, such as %s"
                        .formatted(
                            review.openings().size(), code(review.openings().get(0).after()))));
    line("- Cost a month: %s".formatted(cost(review.costs())));
    line(
        "- Requests: %s"
            .formatted(review.cannotTell().isPresent() ? "**cannot be told**" : inShort(review)));
  }

  private static String cost(List<Cost> costs) {
    String unknown =
        costs.stream().flatMap(cost -> cost.unknown().stream()).distinct().collect(joining(", "));
    if (!unknown.isEmpty()) {
      return "cannot be told, since %s has no price here".formatted(unknown);
    }
    return costs.isEmpty()
        ? "the same"
        : Stream.of(Backend.values())
            .collect(
                groupingBy(
                    backend -> change(costs, backend),
                    LinkedHashMap::new,
                    mapping(Backend::toString, toList())))
            .entrySet()
            .stream()
            .map(e -> e.getKey() + e.getValue().get(0))
            .collect(joining(", "));
  }

  private static String change(List<Cost> costs, Backend backend) {
    return String.format(
        Locale.ROOT,
        "%+.2f US dollars",
        costs.stream()
            .filter(cost -> cost.backends().contains(backend))
            .mapToDouble(Cost::change)
            .sum());
  }

  private void stacks(List<StackChange> stacks) {
    line("\n## Stacks");
    for (StackChange stack : stacks) {
      // Of other stacks there is one, the same in every stage.
      line(
          "\n### %s%s\n"
              .formatted(
                  stack.stack(),
                  stack.stages().stream().allMatch(TemplateSet.OWN_ENVOYS::equals)
                      ? Backend.envoy
                      : stack.stack().endsWith("-mesh")
                          ? ", stage%s %s"
                              .formatted(
                                  stack.stages().size() > 1 ? "s" : "",
                                  String.join(", ", stack.stages()))
                          : ""));
      stack.refused().forEach(text -> line("- **Refused by CloudFormation**: " + plain(text)));
      if (stack.whole().isPresent()) {
        whole(stack.whole().get(), stack.resources());
      } else {
        stack.resources().stream().limit(RESOURCES).forEach(this::resource);
        if (stack.resources().size() > RESOURCES) {
          line("- and %d more".formatted(stack.resources().size() - RESOURCES));
        }
      }
      if (!stack.others().isEmpty() && stack.whole().isEmpty()) {
        line("- Also: %s".formatted(plain(String.join(", ", stack.others()))));
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
            line(
                "  - %d %s%s"
                    .formatted(
                        all.size(), plain(TypeWords.of(type)), sentence(all.get(0).meaning()))));
  }

  private static String sentence(String meaning) {
    return meaning.isEmpty() ? "" : ". " + meaning;
  }

  private void resource(ResourceChange resource) {
    line(
        "- **%s**: %s %s%s%s%s"
            .formatted(
                resource.kind().words(),
                plain(TypeWords.of(resource.type())),
                resource.formerName().map(name -> code(name) + " → ").orElse(""),
                code(resource.name()),
                resource.properties().isEmpty()
                    ? ""
                    : " (" + plain(String.join(", ", resource.properties())) + ")",
                sentence(
                    (resource.kind() == ResourceChange.Kind.MAY_BE_REPLACED ? "If so: " : "")
                        + resource.meaning())));
    differences(resource.differences(), PROPERTIES);
  }

  private void differences(List<String> differences, int limit) {
    differences.stream().limit(limit).forEach(text -> line("  - " + code(shortened(text))));
    if (differences.size() > limit) {
      line("  - and %d more".formatted(differences.size() - limit));
    }
  }

  private static String inSentence(String text) {
    return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
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
                o -> "%s of %s".formatted(code(o.who()), o.stack()), LinkedHashMap::new, toList()))
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
                    : opening.before().stream().map(MarkdownText::code).collect(joining("; "))));
    line("  - after: %s".formatted(code(opening.after())));
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
                  cost.stack() + (cost.backends().contains(Backend.appmesh) ? "" : Backend.envoy),
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

  private static String inShort(Review review) {
    int rows = RequestRow.of(review.requests()).size();
    return (rows == 0
            ? review.unknown().isEmpty()
                ? "every one gives what it gave, as far as it can be told"
                : "**some cannot be told**"
            : "**something else in %d %s of the table below**"
                .formatted(rows, rows == 1 ? "row" : "rows"))
        + (review.cautions().isEmpty()
            ? ""
            : "; %d that may matter".formatted(review.cautions().size()));
  }

  private void requests(Review review) {
    List<RequestChange> requests = review.requests();
    line("\n## Requests\n");
    if (requests.isEmpty() && !review.unknown().isEmpty()) {
      line("Every other request gives what it gave.");
    } else if (requests.isEmpty()) {
      line(
          "Every request gives what it gave, in every stage of both variants, as far as the mesh,"
              + " discovery, ports and security groups decide.");
    } else {
      line("| variant | stage | request | before | after |\n|---|---|---|---|---|");
      for (RequestRow row : RequestRow.of(requests)) {
        line(
            "| %s | %s | %s | %s | %s |"
                .formatted(
                    plain(RequestRow.mesh(row.first(), requests)),
                    plain(row.first().stage()),
                    plain(row.request()),
                    plain(row.before()),
                    plain(row.first().after())));
      }
      line("\nWhy:\n");
      requests.stream()
          .collect(
              groupingBy(
                  RequestChange::why,
                  LinkedHashMap::new,
                  mapping(
                      r -> "%s %s %s".formatted(RequestRow.mesh(r, requests), r.stage(), r.path()),
                      toCollection(LinkedHashSet::new))))
          .forEach(
              (why, where) ->
                  line("- %s: %s".formatted(plain(Cautions.shortly(where)), plain(why))));
    }
    list("Cannot be told, neither before nor after:", review.unknown());
    list("May matter, cannot be told here:", review.cautions());
  }

  private void list(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      line("\n%s\n".formatted(title));
      lines.forEach(text -> line("- " + plain(text)));
    }
  }

  private void proxies(List<ProxyChange> proxies) {
    line("\n## Envoys\n");
    if (proxies.isEmpty()) {
      line("Every Envoy is told what it was told.");
      return;
    }
    for (ProxyChange proxy : proxies) {
      line(
          "- %s%s, %s"
              .formatted(
                  proxy.proxies().stream().map(MarkdownText::code).collect(joining(", ")),
                  proxy.backend(),
                  String.join(", ", proxy.stages())));
      differences(proxy.differences(), LINES);
    }
  }
}
