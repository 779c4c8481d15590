package colorteller.review.security;

import colorteller.review.template.TemplateText;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A statement of a policy.
 *
 * @param holder the identity that it is given to, or the resource that it is about
 * @param allows whether it allows; else it denies
 * @param principals empty in the policy of an identity
 * @param resources empty in a role's trust policy
 * @param conditions that must all be fulfilled
 */
record Statement(
    String holder,
    boolean allows,
    PolicyElement principals,
    PolicyElement actions,
    PolicyElement resources,
    Set<String> conditions) {

  /**
   * Reads a statement.
   *
   * @param also conditions beside its own
   */
  static Statement of(String holder, JsonNode json, Set<String> also) {
    Set<String> conditions = new TreeSet<>(also);
    JsonNode condition = json.path("Condition");
    if (TemplateText.isFunction(condition)) {
      conditions.add(TemplateText.text(condition));
    } else {
      for (var operator : condition.properties()) {
        for (var key : operator.getValue().properties()) {
          conditions.add(
              "%s %s %s"
                  .formatted(key.getKey(), operator.getKey(), TemplateText.text(key.getValue())));
        }
      }
    }
    return new Statement(
        holder,
        json.path("Effect").asText().equals("Allow"),
        PolicyElement.of(json, "Principal"),
        PolicyElement.of(json, "Action"),
        PolicyElement.of(json, "Resource"),
        conditions);
  }

  /** Whether everything that another one allows (or denies) is allowed (or denied) by this one. */
  boolean covers(Statement other) {
    return holder.equals(other.holder)
        && allows == other.allows
        && coversPrincipals(other.principals)
        && actions.covers(other.actions, Statement::action)
        && resources.covers(other.resources, PolicyElement::pattern)
        && other.conditions.containsAll(conditions);
  }

  /** Everyone does not stand for services, nor anything for all but some. */
  private boolean coversPrincipals(PolicyElement other) {
    return principals.equals(other)
        || (!principals.not()
            && !other.not()
            && principals.covers(
                other,
                (one, another) ->
                    one.equals(another)
                        || (one.equals("*")
                            && !another.isEmpty()
                            && !another.startsWith("Service:"))));
  }

  private static boolean action(String pattern, String other) {
    return PolicyElement.pattern(pattern.toLowerCase(Locale.ROOT), other.toLowerCase(Locale.ROOT));
  }

  /** What of this none of the others covers; nothing if all is covered. */
  Stream<Statement> without(Collection<Statement> others) {
    List<Statement> left =
        parts().filter(part -> others.stream().noneMatch(o -> o.covers(part))).toList();
    return left.isEmpty()
        ? Stream.of()
        : Stream.of(
            new Statement(
                holder,
                allows,
                only(principals, Statement::principals, left),
                only(actions, Statement::actions, left),
                only(resources, Statement::resources, left),
                conditions));
  }

  private Stream<Statement> parts() {
    return principals
        .parts()
        .flatMap(
            p ->
                actions
                    .parts()
                    .flatMap(
                        a ->
                            resources
                                .parts()
                                .map(r -> new Statement(holder, allows, p, a, r, conditions))));
  }

  private static PolicyElement only(
      PolicyElement all, Function<Statement, PolicyElement> of, List<Statement> left) {
    return new PolicyElement(
        all.not(), left.stream().map(of).flatMap(s -> s.values().stream()).distinct().toList());
  }

  /** Whether it may be the same one, changed. */
  boolean standsFor(Statement other) {
    return holder.equals(other.holder)
        && allows == other.allows
        && principals.isEmpty() == other.principals.isEmpty()
        && (shares(actions, other.actions) || shares(resources, other.resources));
  }

  private static boolean shares(PolicyElement one, PolicyElement other) {
    return one.values().stream().anyMatch(v -> !v.isEmpty() && other.values().contains(v));
  }

  /** Such as {@code everyone may sqs:* on ${Queue.Arn}}; of a denial, what is denied. */
  String words() {
    String who = principals.words("everyone");
    return (principals.isEmpty() || !allows ? "" : who + " may ")
        + actions.words("every action")
        + (resources.isEmpty() ? "" : " on " + resources.words("everything"))
        + (principals.isEmpty() || allows ? "" : " to " + who)
        + (conditions.isEmpty() ? "" : " if " + String.join(" and ", conditions));
  }
}
