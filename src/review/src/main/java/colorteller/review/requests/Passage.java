package colorteller.review.requests;

import colorteller.mesh.IpFamily;
import colorteller.review.security.GroupRules;
import colorteller.review.security.Rule;
import colorteller.review.template.CannotTell;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the security groups of a template let a connection pass.
 *
 * @param resources the template
 */
record Passage(TemplateResources resources) {

  /** Where requests come from that come from anywhere. */
  static final List<String> INTERNET = List.of();

  private static final String UNKNOWN = "Security group %s has a rule that only a deployment knows";

  /**
   * Whether TCP to a port passes.
   *
   * @param direction {@link Rule#IN} or {@link Rule#OUT}
   * @param of the groups whose rules count; one that lets it pass is enough
   * @param peers the groups at the other end
   * @param families of the addresses at the other end, all of which must pass
   * @throws CannotTell if that hangs on what the template does not say
   */
  boolean isOpen(
      String direction, List<String> of, int port, List<String> peers, Set<IpFamily> families) {
    GroupRules groups = resources.groupRules();
    Set<IpFamily> open = EnumSet.noneOf(IpFamily.class);
    Optional<String> unknown = Optional.empty();
    for (String group : of) {
      if (!resources.has(group)) {
        throw new CannotTell("The rules of security group %s are not here.".formatted(group));
      }
      String reference = reference(group);
      if (groups.unread().stream().anyMatch(unread -> unread.group().equals(reference))) {
        unknown = Optional.of(UNKNOWN.formatted(group));
      }
      List<Rule> rules =
          groups.rules().stream()
              .filter(rule -> rule.group().equals(reference) && rule.direction().equals(direction))
              .filter(rule -> !rule.isLiteral() || rule.isOfTcp(port))
              // It goes, as CDK says; nobody should rely on that it stays.
              .filter(rule -> !rule.conditions().contains(GroupRules.DEFAULT_STAYS))
              .toList();
      for (Rule rule : rules) {
        if (!rule.isLiteral() || !rule.conditions().isEmpty()) {
          unknown = Optional.of(UNKNOWN.formatted(group));
        } else if (peers.stream().map(Passage::reference).anyMatch(rule.peer()::equals)) {
          return true;
        } else if (rule.peer().equals("0.0.0.0/0")) {
          open.add(IpFamily.IPV4);
        } else if (rule.peer().equals("::/0")) {
          open.add(IpFamily.IPV6);
        } else if (!rule.peer().startsWith("${")) {
          unknown =
              Optional.of("Security group %s lets only some addresses through".formatted(group));
        }
      }
    }
    if (!open.containsAll(families)) {
      unknown.ifPresent(
          why -> {
            throw new CannotTell("%s on port %d.".formatted(why, port));
          });
    }
    return open.containsAll(families);
  }

  /** Lets a request end here that may not go from groups to others, at addresses of families. */
  void require(List<String> from, List<String> to, int port, Set<IpFamily> families) {
    String sender = String.join(", ", from);
    String receiver = String.join(", ", to);
    Stopped.unless(
        isOpen(Rule.OUT, from, port, to, families),
        "Security group %s lets nothing out to %s on port %d.".formatted(sender, receiver, port));
    Stopped.unless(
        isOpen(Rule.IN, to, port, from, families),
        "Security group %s lets nothing in from %s on port %d.".formatted(receiver, sender, port));
  }

  private static String reference(String group) {
    return "${%s}".formatted(group);
  }
}
