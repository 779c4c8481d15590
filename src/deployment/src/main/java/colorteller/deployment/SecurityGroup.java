package colorteller.deployment;

import java.util.List;

/**
 * A security group: what it does not allow is dropped; answers to what it allows always pass.
 *
 * @param ingress what may come in
 * @param egress what may go out
 */
public record SecurityGroup(List<Rule> ingress, List<Rule> egress) {

  /**
   * A rule of a security group.
   *
   * @param protocol as CloudFormation spells it: {@code tcp}, {@code udp}, {@code icmp}, {@code
   *     icmpv6}, a number, or {@code -1} for every one
   * @param fromPort the first port; ports count for {@code tcp} and {@code udp} only
   * @param toPort the last port
   * @param peer the other side
   */
  public record Rule(String protocol, int fromPort, int toPort, Peer peer) {}

  /** The other side of a rule. */
  public sealed interface Peer {

    /** Addresses, such as {@code 0.0.0.0/0} or {@code ::/0}. */
    record Cidr(String block) implements Peer {}

    /** Whatever wears a security group, by the group's id. */
    record Group(String id) implements Peer {}
  }
}
