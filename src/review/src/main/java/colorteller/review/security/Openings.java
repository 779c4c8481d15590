package colorteller.review.security;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import colorteller.review.template.TemplateSet;
import colorteller.review.template.TemplateText;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a stack allows that it did not: statements of policies, rules of security groups, and
 * properties that guard something. What cannot be told counts as opened.
 */
public final class Openings {

  private static final Pattern REFERENCE = Pattern.compile("(?<=\\$\\{)\\w+(?=[.}])");

  private final String stack;
  private final JsonNode before;
  private final JsonNode after;
  private final Map<String, String> names = new TreeMap<>();
  private final List<Opening> found = new ArrayList<>();

  private Openings(String stack, JsonNode before, JsonNode after) {
    this.stack = stack;
    this.before = MovedIds.between(before, after).in(before);
    this.after = after;
    name();
  }

  /** Compares two templates of a stack. */
  public static List<Opening> of(String stack, JsonNode before, JsonNode after) {
    Openings openings = new Openings(stack, before, after);
    openings.values();
    openings.policies();
    openings.securityGroups();
    openings.guards();
    return openings.found.stream().distinct().toList();
  }

  /** Logical ids without CDK's hash, where that names one. */
  private void name() {
    Set<String> ids = new LinkedHashSet<>();
    Stream.of(before, after)
        .forEach(t -> t.path("Resources").fieldNames().forEachRemaining(ids::add));
    Map<String, Integer> uses = new TreeMap<>();
    ids.forEach(id -> uses.merge(TemplateSet.withoutHash(id), 1, Integer::sum));
    ids.stream()
        .filter(id -> uses.getOrDefault(TemplateSet.withoutHash(id), 0) == 1)
        .forEach(id -> names.put(id, TemplateSet.withoutHash(id)));
  }

  private void add(String who, Stream<String> then, String now) {
    found.add(new Opening(stack, who, then.map(this::shown).distinct().toList(), shown(now)));
  }

  private String shown(String text) {
    return REFERENCE
        .matcher(text)
        .replaceAll(id -> Matcher.quoteReplacement(names.getOrDefault(id.group(), id.group())));
  }

  /** Such as {@code IAM Role TaskRole}; a text that names no resource of this stack as it is. */
  private String who(String holder) {
    String id = id(holder);
    JsonNode resource =
        resource(after, id).isMissingNode() ? resource(before, id) : resource(after, id);
    return resource.isMissingNode()
        ? shown(holder)
        : Stream.of(
                isNew(holder) ? "new" : "",
                resource.path("Type").asText().replaceFirst("^AWS::", "").replace("::", " "),
                names.getOrDefault(id, id))
            .filter(word -> !word.isEmpty())
            .collect(joining(" "));
  }

  private static String id(String holder) {
    return holder.replaceFirst("^\\$\\{(.*)}$", "$1");
  }

  private static JsonNode resource(JsonNode template, String id) {
    return template.path("Resources").path(id);
  }

  private boolean isNew(String holder) {
    return resource(before, id(holder)).isMissingNode()
        && !resource(after, id(holder)).isMissingNode();
  }

  private boolean isGone(String holder) {
    return !resource(before, id(holder)).isMissingNode()
        && resource(after, id(holder)).isMissingNode();
  }

  /** What the rest of the template refers to. */
  private void values() {
    before
        .path("Parameters")
        .properties()
        .forEach(
            parameter ->
                value(
                    "parameter " + parameter.getKey(),
                    parameter.getValue().path("Default"),
                    after.path("Parameters").path(parameter.getKey()).path("Default")));
    before
        .path("Conditions")
        .properties()
        .forEach(
            condition ->
                value(
                    "condition " + condition.getKey(),
                    condition.getValue(),
                    after.path("Conditions").path(condition.getKey())));
    before
        .path("Mappings")
        .properties()
        .forEach(
            mapping ->
                mapping
                    .getValue()
                    .properties()
                    .forEach(
                        key ->
                            value(
                                "mapping %s of %s".formatted(mapping.getKey(), key.getKey()),
                                key.getValue(),
                                after.path("Mappings").path(mapping.getKey()).path(key.getKey()))));
  }

  private void value(String who, JsonNode then, JsonNode now) {
    if (!then.equals(now) && !now.isMissingNode()) {
      add(
          who,
          Stream.of(TemplateText.text(then)),
          TemplateText.text(now) + ": what that opens cannot be told");
    }
  }

  private void policies() {
    Policies then = Policies.of(before);
    Policies now = Policies.of(after);
    List<Statement> gone =
        then.statements().stream().filter(s -> !now.statements().contains(s)).toList();
    List<Statement> came =
        now.statements().stream().filter(s -> !then.statements().contains(s)).toList();
    Set<String> holders =
        Stream.concat(
                Stream.of(gone, came).flatMap(Collection::stream).map(Statement::holder),
                Stream.of(then, now).flatMap(p -> p.unread().stream()).map(Policies.Unread::holder))
            .collect(toSet());
    for (String holder : new TreeSet<>(holders)) {
      if (isNew(holder)) {
        String all =
            Stream.concat(
                    came.stream()
                        .filter(s -> s.holder().equals(holder) && s.allows())
                        .map(Statement::words),
                    of(now, holder).map(Policies.Unread::words))
                .collect(joining("; "));
        if (!all.isEmpty()) {
          add(who(holder), Stream.of(), all);
        }
      } else if (!isGone(holder)) {
        Predicate<Statement> held = s -> s.holder().equals(holder);
        allowed(came.stream().filter(held).toList(), gone.stream().filter(held).toList(), then);
        denied(came.stream().filter(held).toList(), gone.stream().filter(held).toList(), now);
        unread(holder, of(then, holder).toList(), of(now, holder).toList());
      }
    }
  }

  private static Stream<Policies.Unread> of(Policies policies, String holder) {
    return policies.unread().stream().filter(u -> u.holder().equals(holder));
  }

  private void allowed(List<Statement> came, List<Statement> gone, Policies then) {
    came.stream()
        .filter(Statement::allows)
        .flatMap(statement -> statement.without(then.statements()))
        .forEach(
            wider ->
                add(
                    who(wider.holder()),
                    gone.stream().filter(wider::standsFor).map(Statement::words),
                    wider.words()));
  }

  private void denied(List<Statement> came, List<Statement> gone, Policies now) {
    gone.stream()
        .filter(statement -> !statement.allows())
        .flatMap(statement -> statement.without(now.statements()))
        .forEach(
            lost -> {
              String still =
                  came.stream()
                      .filter(lost::standsFor)
                      .map(Statement::words)
                      .collect(joining("; "));
              add(
                  who(lost.holder()),
                  Stream.of("denied: " + lost.words()),
                  still.isEmpty() ? "not denied: " + lost.words() : "denied only: " + still);
            });
  }

  private void unread(String holder, List<Policies.Unread> then, List<Policies.Unread> now) {
    List<Policies.Unread> gone = then.stream().filter(u -> !now.contains(u)).toList();
    List<Policies.Unread> came = now.stream().filter(u -> !then.contains(u)).toList();
    Supplier<Stream<String>> was = () -> gone.stream().map(Policies.Unread::words);
    came.forEach(one -> add(who(holder), was.get(), one.words()));
    if (came.isEmpty() && gone.stream().anyMatch(Policies.Unread::mayDeny)) {
      add(who(holder), was.get(), "not that: whether it denied something cannot be told");
    }
  }

  private void securityGroups() {
    GroupRules then = GroupRules.of(before);
    GroupRules now = GroupRules.of(after);
    Map<String, List<String>> ofNew = new TreeMap<>();
    for (Rule rule : now.rules()) {
      if (isNew(rule.group())) {
        ofNew.computeIfAbsent(rule.group(), group -> new ArrayList<>()).add(rule.words());
      } else if (then.rules().stream().noneMatch(other -> other.covers(rule))) {
        add(
            who(rule.group()),
            then.rules().stream()
                .filter(other -> rule.standsFor(other) && !now.rules().contains(other))
                .map(Rule::words),
            rule.words());
      }
    }
    for (GroupRules.Unread unread : now.unread()) {
      if (isNew(unread.group())) {
        ofNew.computeIfAbsent(unread.group(), group -> new ArrayList<>()).add(unread.words());
      } else if (!then.unread().contains(unread)) {
        add(who(unread.group()), Stream.of(), unread.words());
      }
    }
    ofNew.forEach((group, rules) -> add(who(group), Stream.of(), String.join("; ", rules)));
  }

  private void guards() {
    after
        .path("Resources")
        .properties()
        .forEach(
            resource ->
                Guard.ALL.stream()
                    .flatMap(
                        guard ->
                            guard.changes(resource(before, resource.getKey()), resource.getValue()))
                    .forEach(
                        change ->
                            add(
                                who("${%s}".formatted(resource.getKey())),
                                change.before().stream(),
                                change.after())));
  }
}
