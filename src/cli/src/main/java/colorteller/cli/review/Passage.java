package colorteller.cli.review;

import static colorteller.cli.review.TemplateResources.literal;

import colorteller.mesh.IpFamily;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the security groups of a template let through.
 *
 * @param resources the template
 */
record Passage(TemplateResources resources) {

  /** Which of a group's rules. */
  enum Direction {
    INGRESS("SecurityGroupIngress", "SourceSecurityGroupId"),
    EGRESS("SecurityGroupEgress", "DestinationSecurityGroupId");

    private final String rules;
    private final String peer;

    Direction(String rules, String peer) {
      this.rules = rules;
      this.peer = peer;
    }
  }

  /** Where requests come from that come from anywhere. */
  static final List<String> INTERNET = List.of();

  /**
   * Whether TCP to a port passes.
   *
   * @param groups the groups whose rules count; one that lets it pass is enough
   * @param peers the groups at the other end
   * @param families of the addresses at the other end, all of which must pass
   */
  boolean pass(
      Direction direction,
      List<String> groups,
      int port,
      List<String> peers,
      Set<IpFamily> families) {
    Set<IpFamily> passing = EnumSet.noneOf(IpFamily.class);
    Optional<String> someAddresses = Optional.empty();
    for (String group : groups) {
      if (!resources.has(group)) {
        throw new CannotTell("The rules of security group %s are not here.".formatted(group));
      }
      List<JsonNode> rules = rules(direction, group);
      if (direction == Direction.EGRESS
          && rules.isEmpty()
          && !resources.properties(group).has(direction.rules)) {
        // EC2's default, which the first rule replaces.
        return true;
      }
      for (JsonNode rule : rules) {
        if (!covers(rule, port, group)) {
          continue;
        }
        JsonNode peer = rule.path(direction.peer);
        if (!peer.isMissingNode()) {
          if (TemplateResources.reference(peer).filter(peers::contains).isPresent()) {
            return true;
          }
        } else if (rule.path("CidrIp").asText().equals("0.0.0.0/0")) {
          passing.add(IpFamily.IPV4);
        } else if (rule.path("CidrIpv6").asText().equals("::/0")) {
          passing.add(IpFamily.IPV6);
        } else {
          someAddresses = Optional.of(group);
        }
      }
    }
    if (passing.containsAll(families)) {
      return true;
    }
    someAddresses.ifPresent(
        group -> {
          throw new CannotTell(
              "Security group %s lets only some addresses through on port %d."
                  .formatted(group, port));
        });
    return false;
  }

  private List<JsonNode> rules(Direction direction, String group) {
    List<JsonNode> rules = new ArrayList<>(resources.list(group, direction.rules));
    for (String id : resources.ids("AWS::EC2::" + direction.rules)) {
      JsonNode rule = resources.properties(id);
      if (TemplateResources.reference(rule.path("GroupId")).filter(group::equals).isPresent()) {
        rules.add(rule);
      }
    }
    return rules;
  }

  private static boolean covers(JsonNode rule, int port, String group) {
    String what = "A rule of security group " + group;
    return switch (literal(rule.path("IpProtocol"), what)) {
      case "-1" -> true;
      case "tcp", "6" ->
          Integer.parseInt(literal(rule.path("FromPort"), what)) <= port
              && port <= Integer.parseInt(literal(rule.path("ToPort"), what));
      default -> false;
    };
  }
}
