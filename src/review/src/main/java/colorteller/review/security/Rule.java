package colorteller.review.security;

import colorteller.review.template.TemplateText;
import com.fasterxml.jackson.databind.JsonNode;
import inet.ipaddr.IPAddressString;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A rule of a security group.
 *
 * @param direction {@code in from} or {@code out to}
 * @param protocol {@code -1} is every one
 * @param from the first port, or the type of ICMP
 * @param to the last port, or the code of ICMP
 * @param conditions that must all be fulfilled
 */
public record Rule(
    String group,
    String direction,
    String protocol,
    String from,
    String to,
    String peer,
    Set<String> conditions) {

  public static final String IN = "in from";
  public static final String OUT = "out to";

  /** By their numbers, see IANA's list; EC2 takes both. */
  private static final Map<String, String> PROTOCOLS =
      Map.of("1", "icmp", "6", "tcp", "17", "udp", "58", "icmpv6", "all", "-1");

  static Rule of(String group, String direction, JsonNode json, Set<String> conditions) {
    String named = TemplateText.text(json.path("IpProtocol"));
    String name = named.matches("[\\w-]+") ? named.toLowerCase(Locale.ROOT) : named;
    String protocol = PROTOCOLS.getOrDefault(name, name);
    boolean ports = protocol.matches("tcp|udp");
    boolean icmp = protocol.startsWith("icmp");
    return new Rule(
        group,
        direction,
        protocol,
        protocol.equals("-1") ? "" : value(json, "FromPort", ports ? "0" : icmp ? "-1" : ""),
        protocol.equals("-1") ? "" : value(json, "ToPort", ports ? "65535" : icmp ? "-1" : ""),
        json.properties().stream()
            .filter(p -> p.getKey().matches("Cidr.*|(Source|Destination)(?!.*Owner).*"))
            .map(p -> group(TemplateText.text(p.getValue())))
            .findFirst()
            .orElse("unknown"),
        conditions);
  }

  private static String value(JsonNode json, String property, String otherwise) {
    String text = TemplateText.text(json.path(property));
    return text.isEmpty() ? otherwise : text;
  }

  /** A group, by whichever of its attributes. */
  static String group(String text) {
    return text.replaceFirst("^\\$\\{(\\w+)\\.GroupId}$", "\\${$1}");
  }

  /** What EC2 gives to a group for which nothing is said. */
  static Stream<Rule> everythingOut(String group, Set<String> conditions) {
    return Stream.of("0.0.0.0/0", "::/0")
        .map(all -> new Rule(group, OUT, "-1", "", "", all, conditions));
  }

  /** Whether everything that another one lets through is let through by this one. */
  boolean covers(Rule other) {
    return group.equals(other.group)
        && direction.equals(other.direction)
        && (protocol.equals("-1") || (protocol.equals(other.protocol) && coversPorts(other)))
        && (peer.equals(other.peer) || contains(peer, other.peer))
        && other.conditions.containsAll(conditions);
  }

  private boolean coversPorts(Rule other) {
    if (from.equals(other.from) && to.equals(other.to)) {
      return true;
    }
    if (protocol.startsWith("icmp")) {
      // Types are no range.
      return (from.equals("-1") || from.equals(other.from))
          && (to.equals("-1") || to.equals(other.to));
    }
    return Stream.of(from, to, other.from, other.to).allMatch(port -> port.matches("\\d{1,5}"))
        && Integer.parseInt(from) <= Integer.parseInt(other.from)
        && Integer.parseInt(to) >= Integer.parseInt(other.to);
  }

  /** Whether it is known what it is of. */
  public boolean isLiteral() {
    return Stream.of(protocol, from, to).noneMatch(text -> text.contains("{"));
  }

  /** Whether it is of TCP to a port. */
  public boolean isOfTcp(int port) {
    String text = Integer.toString(port);
    return covers(new Rule(group, direction, "tcp", text, text, peer, conditions));
  }

  private static boolean contains(String outer, String inner) {
    return Stream.of(outer, inner).allMatch(block -> block.matches("[0-9a-fA-F.:]+(/\\d+)?"))
        && new IPAddressString(outer).isValid()
        && new IPAddressString(inner).isValid()
        && new IPAddressString(outer).contains(new IPAddressString(inner));
  }

  /** Whether it may be the same one, changed. */
  boolean standsFor(Rule other) {
    return group.equals(other.group)
        && direction.equals(other.direction)
        && (peer.equals(other.peer)
            || (sameFamily(other) && from.equals(other.from) && to.equals(other.to)));
  }

  private boolean sameFamily(Rule other) {
    return peer.contains(":") == other.peer.contains(":");
  }

  String words() {
    return "%s %s %s%s"
        .formatted(
            what(),
            direction,
            peer,
            conditions.isEmpty() ? "" : " if " + String.join(" and ", new TreeSet<>(conditions)));
  }

  private String what() {
    if (protocol.equals("-1")) {
      return "every protocol and port";
    }
    if (protocol.startsWith("icmp")) {
      return protocol
          + (from.equals("-1") ? " of every type" : " type " + from)
          + (to.equals("-1") ? "" : " code " + to);
    }
    return from.isEmpty()
        ? "protocol " + protocol
        : protocol + " " + (from.equals(to) ? from : from + "-" + to);
  }
}
