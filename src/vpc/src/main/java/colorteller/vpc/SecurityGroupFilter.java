package colorteller.vpc;

import static java.util.stream.Collectors.joining;

import colorteller.deployment.SecurityGroup;
import colorteller.deployment.SecurityGroup.Peer;
import colorteller.deployment.SecurityGroup.Rule;
import colorteller.mesh.IpFamily;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Security groups → nftables rules of one network interface. A rule of a group is a rule here; what
 * none allows is dropped, and answers to what one allows pass.
 *
 * <p>Connections are looked at as the network sees them: what comes in before ECS's redirection,
 * what goes out after it. As in a VPC, security groups do not see neighbour discovery and the VPC's
 * own DNS server.
 *
 * @param groups all security groups, by id
 * @param interfaces all network interfaces, which tells who wears a group
 * @param resolver the address of the VPC's DNS server
 */
record SecurityGroupFilter(
    Map<String, SecurityGroup> groups, Collection<NetworkInterface> interfaces, String resolver) {

  private static final String TABLE =
      """
      table inet security_groups
      delete table inet security_groups
      table inet security_groups {
        chain received {
          type filter hook prerouting priority mangle
          iifname != "%1$s" accept
          ct state established,related accept
          icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept
      %2$s    drop
        }
        chain sent {
          type filter hook postrouting priority mangle
          oifname != "%1$s" accept
          ct state established,related accept
          icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept
          ip daddr %4$s meta l4proto { tcp, udp } th dport 53 accept
      %3$s    drop
        }
      }
      """;

  /** The nftables text for one interface; it takes the place of an earlier one at once. */
  String of(NetworkInterface own) {
    return TABLE.formatted(
        NetworkInterface.NAME,
        rules(own, SecurityGroup::ingress, "saddr"),
        rules(own, SecurityGroup::egress, "daddr"),
        resolver);
  }

  private String rules(
      NetworkInterface own, Function<SecurityGroup, List<Rule>> direction, String peerAddress) {
    return own.groups().stream()
        .sorted()
        .map(group -> Objects.requireNonNull(groups.get(group), group))
        .flatMap(group -> direction.apply(group).stream())
        .flatMap(rule -> lines(rule, peerAddress))
        .distinct()
        .map("    %s accept\n"::formatted)
        .collect(joining());
  }

  private Stream<String> lines(Rule rule, String peerAddress) {
    return peers(rule.peer(), peerAddress).map(peer -> (peer + " " + service(rule)).strip());
  }

  private Stream<String> peers(Peer peer, String peerAddress) {
    if (peer instanceof Peer.Cidr cidr) {
      IpFamily family = cidr.block().contains(":") ? IpFamily.IPV6 : IpFamily.IPV4;
      return Stream.of("%s %s %s".formatted(word(family), peerAddress, cidr.block()));
    }
    String group = ((Peer.Group) peer).id();
    List<String> result = new ArrayList<>();
    for (IpFamily family : IpFamily.values()) {
      String members =
          interfaces.stream()
              .filter(member -> member.groups().contains(group))
              .flatMap(member -> Stream.ofNullable(member.addresses().get(family)))
              .sorted()
              .collect(joining(", "));
      if (!members.isEmpty()) {
        result.add("%s %s { %s }".formatted(word(family), peerAddress, members));
      }
    }
    return result.stream();
  }

  private static String word(IpFamily family) {
    return family == IpFamily.IPV4 ? "ip" : "ip6";
  }

  /** The protocol and ports of a rule, in nftables' words. */
  private static String service(Rule rule) {
    return switch (rule.protocol()) {
      case "-1" -> "";
      case "tcp", "udp" ->
          "%s dport %d-%d".formatted(rule.protocol(), rule.fromPort(), rule.toPort());
      case "icmpv6", "58" -> "meta l4proto ipv6-icmp";
      default -> "meta l4proto " + rule.protocol();
    };
  }
}
