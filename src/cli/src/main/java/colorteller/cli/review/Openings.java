package colorteller.cli.review;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import inet.ipaddr.IPAddressString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads from what CDK's difference engine says of a stack what is opened: permissions and rules of
 * security groups that allow more than those in whose place they come.
 */
final class Openings {

  private final String stack;
  private final List<Opening> found = new ArrayList<>();

  private Openings(String stack) {
    this.stack = stack;
  }

  /** From an entry that {@code difference.js} writes. */
  static List<Opening> of(String stack, JsonNode difference) {
    Openings openings = new Openings(stack);
    openings.permissions(difference.path("permissions"));
    openings.rules("in", difference.path("rules"), "ingressRule");
    openings.rules("out", difference.path("rules"), "egressRule");
    return List.copyOf(openings.found);
  }

  /** A statement of a policy. */
  private record Statement(
      String effect, String who, List<String> actions, List<String> resources, String condition) {

    static Statement of(JsonNode json) {
      if (json.has("unknown")) {
        // A function that only a deployment resolves stands for the whole statement.
        return new Statement(
            "Allow", "", List.of("something unknown"), List.of(json.path("unknown").asText()), "");
      }
      return new Statement(
          json.path("effect").asText("Allow"),
          String.join(", ", texts(json.path("principals"))).replaceAll("AWS:\\$\\{(.*?)}", "$1"),
          texts(json.path("actions")),
          texts(json.path("resources")),
          withoutHashes(
              json.path("condition").isMissingNode() ? "" : json.path("condition").toString()));
    }

    private static List<String> texts(JsonNode list) {
      String not = list.path("not").asBoolean() ? "not " : "";
      return list.path("values").valueStream().map(v -> not + withoutHashes(v.asText())).toList();
    }

    /** Whether everything that another one allows is allowed by this one. */
    boolean covers(Statement other) {
      return effect.equals(other.effect)
          && who.equals(other.who)
          && other.actions.stream().allMatch(a -> any(actions, a))
          && other.resources.stream().allMatch(r -> any(resources, r))
          && (condition.isEmpty() || condition.equals(other.condition));
    }

    private static boolean any(Collection<String> patterns, String text) {
      return patterns.stream()
          .anyMatch(
              pattern ->
                  text.matches(
                      Stream.of(pattern.split("\\*", -1))
                          .map(Pattern::quote)
                          .collect(joining(".*"))));
    }

    boolean standsFor(Statement other) {
      return who.equals(other.who)
          && (actions.equals(other.actions)
              || resources.equals(other.resources)
              || actions.stream().anyMatch(other.actions::contains));
    }

    String words() {
      return "%s%s on %s%s"
          .formatted(
              effect.equals("Allow") ? "" : "not any more denied: ",
              String.join(", ", actions),
              resources.isEmpty() ? "itself" : String.join(", ", resources),
              condition.isEmpty() ? "" : " if " + condition);
    }
  }

  private void permissions(JsonNode permissions) {
    List<Statement> added =
        permissions.path("statementAdditions").valueStream().map(Statement::of).toList();
    List<Statement> removed =
        permissions.path("statementRemovals").valueStream().map(Statement::of).toList();
    widened(added, removed, "Allow");
    // What is denied no longer is allowed.
    widened(removed, added, "Deny");
    permissions
        .path("managedPolicyAdditions")
        .forEach(
            policy ->
                found.add(
                    new Opening(
                        stack,
                        withoutHashes(policy.path("identityArn").asText()),
                        List.of(),
                        "managed policy " + policy.path("managedPolicyArn").asText())));
  }

  private void widened(List<Statement> now, List<Statement> then, String effect) {
    for (Statement statement : now) {
      if (statement.effect().equals(effect)
          && then.stream().noneMatch(before -> before.covers(statement))) {
        found.add(
            new Opening(
                stack,
                statement.who(),
                then.stream().filter(statement::standsFor).map(Statement::words).toList(),
                statement.words()));
      }
    }
  }

  /** A rule of a security group. */
  private record Rule(String group, String protocol, int from, int to, String peer) {

    static Rule of(JsonNode json) {
      JsonNode peer = json.path("peer");
      return new Rule(
          withoutHashes(
              json.path("groupId").asText().replaceAll("^\\$\\{(.*?)(\\.GroupId)?}$", "$1")),
          json.path("ipProtocol").asText(),
          json.path("fromPort").asInt(0),
          json.path("toPort").asInt(65535),
          withoutHashes(
              Stream.of("ip", "securityGroupId", "prefixListId")
                  .map(key -> peer.path(key).asText())
                  .filter(text -> !text.isEmpty())
                  .findFirst()
                  .orElse("unknown")));
    }

    boolean covers(Rule other) {
      return group.equals(other.group)
          && (protocol.equals("-1") || protocol.equals(other.protocol))
          && (protocol.equals("-1") || (from <= other.from && to >= other.to))
          && (peer.equals(other.peer) || contains(peer, other.peer));
    }

    private static boolean contains(String outer, String inner) {
      IPAddressString block = new IPAddressString(outer);
      IPAddressString other = new IPAddressString(inner);
      return block.isValid() && other.isValid() && block.contains(other);
    }

    boolean standsFor(Rule other) {
      return group.equals(other.group)
          && (peer.equals(other.peer) || (from == other.from && to == other.to));
    }

    String words(String direction) {
      String ports = from == to ? Integer.toString(from) : from + "-" + to;
      return "%s %s %s %s"
          .formatted(
              protocol.equals("-1") ? "every protocol and port" : protocol + " " + ports,
              direction,
              direction.equals("in") ? "from" : "to",
              peer);
    }
  }

  private void rules(String direction, JsonNode rules, String prefix) {
    List<Rule> removed = rules.path(prefix + "Removals").valueStream().map(Rule::of).toList();
    for (JsonNode addition : rules.path(prefix + "Additions")) {
      Rule rule = Rule.of(addition);
      if (removed.stream().noneMatch(before -> before.covers(rule))) {
        found.add(
            new Opening(
                stack,
                "security group " + rule.group(),
                removed.stream()
                    .filter(rule::standsFor)
                    .map(before -> before.words(direction))
                    .toList(),
                rule.words(direction)));
      }
    }
  }

  /**
   * Logical ids without CDK's hash, so that a resource that moved is not taken for another; imports
   * as parameters are written.
   */
  private static String withoutHashes(String text) {
    return text.replaceAll("\\{\\\\?\"Fn::ImportValue\\\\?\":\\\\?\"(.*?)\\\\?\"}", "\\${$1}")
        .replaceAll("\\b([A-Za-z][A-Za-z0-9]*?)[0-9A-F]{8}\\b", "$1");
  }
}
