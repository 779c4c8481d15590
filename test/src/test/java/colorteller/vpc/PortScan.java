package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.deployment.Deployment;
import colorteller.deployment.SecurityGroup;
import colorteller.deployment.SecurityGroup.Peer;
import colorteller.deployment.SecurityGroup.Rule;
import colorteller.deployment.Subnet;
import colorteller.mesh.IpFamily;
import inet.ipaddr.IPAddressString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Who can open a connection to whom in a VPC: as packets show it, and as the templates say it. Both
 * ask the same questions, and neither knows of the other.
 */
final class PortScan {

  /** Those in use, and some others. */
  private static final List<Integer> PORTS =
      List.of(22, 53, 80, 81, 443, 3306, 8080, 9080, 9901, 9902, 15000, 15001, 18000, 18001, 19080);

  /** Those that answer at an interface which is not the VPC's. */
  private static final List<Integer> MANAGED = List.of(9901, 15000);

  /** Without a mark, ECS would redirect a task's connections to its Envoy. */
  private static final int MARK = 1337;

  /** A connection that is taken or refused got through; what is dropped is never answered. */
  private static final String CONNECT =
      """
      import errno, select, socket, sys, time
      mark, poll, waiting = int(sys.argv[1]), select.poll(), {}
      for target in sys.argv[2:]:
          host, port = target.rsplit('/', 1)
          s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_STREAM)
          s.setblocking(False)
          s.setsockopt(socket.SOL_SOCKET, 36, mark)
          if s.connect_ex((host, int(port))) == errno.EINPROGRESS:
              waiting[s.fileno()] = (s, target)
              poll.register(s, select.POLLOUT)
      end = time.monotonic() + 3
      while waiting and time.monotonic() < end:
          for fd, _ in poll.poll(200):
              s, target = waiting.pop(fd)
              poll.unregister(fd)
              if s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) in (0, errno.ECONNREFUSED):
                  print(target)
      """;

  /** One way that could be open. */
  private record Way(String from, String to, IpFamily family) implements Comparable<Way> {
    @Override
    public int compareTo(Way other) {
      return toString().compareTo(other.toString());
    }
  }

  private final VpcNamespaces namespaces;
  private final Deployment deployment;
  private final Map<String, NetworkInterface> interfaces = new TreeMap<>();

  PortScan(VpcNamespaces namespaces, Deployment deployment) {
    this.namespaces = namespaces;
    this.deployment = deployment;
    namespaces.interfaces().forEach(i -> interfaces.put(i.namespace(), i));
  }

  /** What packets show. */
  String observed() throws Exception {
    Map<String, Process> scanners = new TreeMap<>();
    for (String from : names()) {
      List<String> command =
          new ArrayList<>(List.of("python3", "-c", CONNECT, Integer.toString(MARK)));
      for (String to : names()) {
        for (String address : addresses(to).values()) {
          PORTS.forEach(port -> command.add(address + "/" + port));
        }
      }
      // What this program alone may reach: in no table, so nobody gets through.
      interfaces.values().stream()
          .filter(to -> !to.namespace().equals(from))
          .forEach(to -> MANAGED.forEach(port -> command.add(to.management() + "/" + port)));
      scanners.put(from, namespaces.process(from, command, Map.of()).start());
    }
    Map<Way, Set<Integer>> open = new TreeMap<>();
    for (Map.Entry<String, Process> scanner : scanners.entrySet()) {
      Process process = scanner.getValue();
      List<String> lines = process.inputReader().lines().toList();
      assertThat(process.waitFor()).as(text(process)).isZero();
      for (String line : lines) {
        int slash = line.lastIndexOf('/');
        String address = line.substring(0, slash);
        open.computeIfAbsent(
                new Way(scanner.getKey(), owner(address), family(address)), way -> new TreeSet<>())
            .add(Integer.valueOf(line.substring(slash + 1)));
      }
    }
    return table(open);
  }

  private static String text(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes());
  }

  /** What the templates say. */
  String expected() {
    Map<Way, Set<Integer>> open = new TreeMap<>();
    for (String from : names()) {
      for (String to : names()) {
        for (IpFamily family : IpFamily.values()) {
          for (int port : PORTS) {
            if (isOpen(from, to, family, port)) {
              open.computeIfAbsent(new Way(from, to, family), way -> new TreeSet<>()).add(port);
            }
          }
        }
      }
    }
    return table(open);
  }

  private boolean isOpen(String from, String to, IpFamily family, int port) {
    if (from.equals(to)) {
      // By the loopback interface, which no security group sees.
      return addresses(from).containsKey(family);
    }
    return addresses(from).containsKey(family)
        && addresses(to).containsKey(family)
        && hasWay(from, family, subnet -> subnet.internet().containsKey(family), to)
        && hasWay(to, family, subnet -> subnet.isPublic(family), from)
        && allows(from, SecurityGroup::egress, to, family, port)
        && allows(to, SecurityGroup::ingress, from, family, port);
  }

  /** Whether a subnet's routes lead between it and the internet, where that is the other side. */
  private boolean hasWay(
      String own, IpFamily family, Function<Subnet, Boolean> routes, String other) {
    return !other.equals(VpcNamespaces.CLIENT)
        || Optional.ofNullable(interfaces.get(own))
            .map(i -> routes.apply(deployment.vpc().subnets().get(i.subnet())))
            .orElse(true);
  }

  private boolean allows(
      String own,
      Function<SecurityGroup, List<Rule>> direction,
      String other,
      IpFamily family,
      int port) {
    NetworkInterface guarded = interfaces.get(own);
    if (guarded == null) {
      return true;
    }
    return guarded.groups().stream()
        .flatMap(group -> direction.apply(deployment.groups().get(group)).stream())
        .filter(rule -> rule.protocol().equals("-1") || rule.protocol().equals("tcp"))
        .filter(rule -> rule.fromPort() <= port && port <= rule.toPort())
        .anyMatch(rule -> isPeer(rule.peer(), other, family));
  }

  private boolean isPeer(Peer peer, String other, IpFamily family) {
    if (peer instanceof Peer.Group group) {
      return Optional.ofNullable(interfaces.get(other))
          .filter(i -> i.groups().contains(group.id()))
          .isPresent();
    }
    return new IPAddressString(((Peer.Cidr) peer).block())
        .contains(new IPAddressString(addresses(other).get(family)));
  }

  private Collection<String> names() {
    Set<String> names = new TreeSet<>(interfaces.keySet());
    names.add(VpcNamespaces.CLIENT);
    return names;
  }

  private Map<IpFamily, String> addresses(String name) {
    return name.equals(VpcNamespaces.CLIENT)
        ? VpcNamespaces.client()
        : interfaces.get(name).addresses();
  }

  private String owner(String address) {
    return names().stream()
        .filter(name -> addresses(name).containsValue(address))
        .findFirst()
        .orElse("management " + address);
  }

  private static IpFamily family(String address) {
    return address.contains(":") ? IpFamily.IPV6 : IpFamily.IPV4;
  }

  /** A line for each two between whom anything is open; to itself everything is. */
  private String table(Map<Way, Set<Integer>> open) {
    StringBuilder out = new StringBuilder();
    String row = "%-21s %-21s %-12s %s\n";
    out.append(row.formatted("from", "to", "IPv4", "IPv6"));
    for (String from : names()) {
      for (String to : names()) {
        Set<Integer> ipv4 = open.getOrDefault(new Way(from, to, IpFamily.IPV4), Set.of());
        Set<Integer> ipv6 = open.getOrDefault(new Way(from, to, IpFamily.IPV6), Set.of());
        if (!from.equals(to) && !(ipv4.isEmpty() && ipv6.isEmpty())) {
          out.append(row.formatted(from, to, ports(ipv4), ports(ipv6)));
        }
      }
    }
    return out.append("Nothing else of ports %s is.\n".formatted(ports(Set.copyOf(PORTS))))
        .toString();
  }

  private static String ports(Set<Integer> ports) {
    return ports.isEmpty()
        ? "-"
        : String.join(" ", new TreeSet<>(ports).stream().map(String::valueOf).toList());
  }
}
