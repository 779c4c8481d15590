package colorteller.vpc;

import colorteller.deployment.SecurityGroup;
import colorteller.deployment.Subnet;
import colorteller.deployment.Vpc;
import colorteller.mesh.IpFamily;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The VPC's network in a {@link Sandbox}: a bridge for each subnet with a router between them, a
 * network namespace for everything that has a network interface, and one for a client in the
 * internet, which ends there.
 */
final class VpcNetwork implements AutoCloseable {

  /** The namespace of the client in the internet. */
  static final String CLIENT = "client";

  /** The router's own namespace. */
  static final String ROUTER = "";

  private static final String INTERNET = "internet";

  // RFC 5737 and RFC 3849: addresses for documentation.
  private static final Map<IpFamily, String> INTERNET_BLOCKS =
      Map.of(IpFamily.IPV4, "203.0.113.0/24", IpFamily.IPV6, "2001:db8:ffff::/64");

  /** The last of the first four addresses, which AWS keeps for itself in each subnet. */
  private static final int LAST_RESERVED = 3;

  private final Map<String, SecurityGroup> groups;
  private final Map<String, Subnet> subnets;
  private final Map<String, String> bridges = new LinkedHashMap<>();
  private final Map<String, Integer> next = new HashMap<>();
  private final Map<String, NetworkInterface> interfaces = new LinkedHashMap<>();
  private final String resolver;
  private final Sandbox sandbox;
  private int cables;

  /**
   * Lays the network.
   *
   * @throws VpcUnavailable if this machine does not allow it
   */
  VpcNetwork(Vpc vpc, Map<String, SecurityGroup> groups) throws IOException {
    this.groups = groups;
    this.subnets = vpc.subnets();
    // AWS's own: the VPC's base address plus two.
    this.resolver = address(vpc.cidr(), 2);
    sandbox = new Sandbox(resolver);
    try {
      List<String> setup = new ArrayList<>();
      setup.add("ip addr add %s/32 dev lo".formatted(resolver));
      subnets.forEach((id, subnet) -> bridges.put(id, "subnet" + bridges.size()));
      bridges.forEach((id, bridge) -> setup.addAll(bridge(bridge, subnet(id).cidrs())));
      setup.addAll(bridge(INTERNET, INTERNET_BLOCKS));
      Map<IpFamily, String> client = new EnumMap<>(IpFamily.class);
      INTERNET_BLOCKS.forEach((family, block) -> client.put(family, address(block, 2)));
      setup.addAll(cable(CLIENT, INTERNET, client, INTERNET_BLOCKS));
      setup.add(nft("", InternetRoutes.of(subnets.values(), bridges(), INTERNET)));
      run(setup);
    } catch (IOException | RuntimeException e) {
      sandbox.close();
      throw e;
    }
  }

  private Map<Subnet, String> bridges() {
    Map<Subnet, String> result = new HashMap<>();
    bridges.forEach((id, bridge) -> result.put(subnet(id), bridge));
    return result;
  }

  /** The address of the VPC's DNS server, at which nobody answers before somebody binds it. */
  String resolver() {
    return resolver;
  }

  /**
   * Attaches something to a subnet: a network namespace with an interface, guarded by its security
   * groups.
   *
   * @param name what is attached; the name of its namespace
   * @param subnet the subnet's id
   * @param groups the security groups' ids
   */
  synchronized NetworkInterface attach(String name, String subnet, Set<String> groups)
      throws IOException {
    int number = next.merge(subnet, 1, Integer::sum) + LAST_RESERVED;
    Map<IpFamily, String> addresses = new EnumMap<>(IpFamily.class);
    subnet(subnet)
        .cidrs()
        .forEach((family, block) -> addresses.put(family, address(block, number)));
    NetworkInterface attached = new NetworkInterface(name, subnet, addresses, groups);
    if (interfaces.putIfAbsent(name, attached) != null) {
      throw new IllegalArgumentException(name + " is attached already");
    }
    run(
        cable(
            name, Objects.requireNonNull(bridges.get(subnet)), addresses, subnet(subnet).cidrs()));
    guard();
    return attached;
  }

  /** Takes something away, whose processes have ended. */
  synchronized void detach(NetworkInterface attached) throws IOException {
    interfaces.remove(attached.namespace());
    run(List.of("ip netns delete " + attached.namespace()));
    guard();
  }

  synchronized Collection<NetworkInterface> interfaces() {
    return List.copyOf(interfaces.values());
  }

  /** Who wears a group has changed, so each interface's rules may have. */
  private void guard() throws IOException {
    SecurityGroupFilter filter = new SecurityGroupFilter(groups, interfaces.values(), resolver);
    run(
        interfaces.values().stream()
            .map(guarded -> nft(guarded.namespace(), filter.of(guarded)))
            .toList());
  }

  /** Makes ECS's redirection in a task's namespace. */
  void redirect(NetworkInterface task, String rules) throws IOException {
    run(List.of(nft(task.namespace(), rules)));
  }

  /**
   * Prepares a process in a namespace.
   *
   * @param namespace of something attached, {@link #CLIENT} or {@link #ROUTER}
   */
  ProcessBuilder process(String namespace, List<String> command, Map<String, String> environment) {
    return sandbox.process(namespace, command, environment);
  }

  /** The command that runs another in a namespace, for a person. */
  List<String> inside(String namespace, List<String> command) {
    return sandbox.inside(namespace, command);
  }

  private Subnet subnet(String id) {
    Subnet subnet = subnets.get(id);
    if (subnet == null) {
      throw new IllegalArgumentException("no subnet " + id);
    }
    return subnet;
  }

  private static List<String> bridge(String name, Map<IpFamily, String> blocks) {
    List<String> result = new ArrayList<>();
    result.add("ip link add %s type bridge".formatted(name));
    result.add("ip link set %s up".formatted(name));
    blocks.forEach((family, block) -> result.add(hold(name, block, 1)));
    return result;
  }

  /** A namespace at the end of a cable from a bridge, whose first address is its gateway. */
  private List<String> cable(
      String namespace,
      String bridge,
      Map<IpFamily, String> addresses,
      Map<IpFamily, String> blocks) {
    String end = "cable" + cables++;
    String in = "ip -netns %s ".formatted(namespace);
    List<String> result = new ArrayList<>();
    result.add("ip netns add " + namespace);
    result.add(
        "ip link add %s type veth peer name %s netns %s"
            .formatted(end, NetworkInterface.NAME, namespace));
    result.add("ip link set %s master %s up".formatted(end, bridge));
    result.add(in + "link set lo up");
    result.add(in + "link set %s up".formatted(NetworkInterface.NAME));
    addresses.forEach(
        (family, address) -> {
          String block = Objects.requireNonNull(blocks.get(family));
          String length = block.substring(block.indexOf('/'));
          result.add(
              in + "addr add %s%s dev %s nodad".formatted(address, length, NetworkInterface.NAME));
          result.add(in + "route add default via " + address(block, 1));
        });
    return result;
  }

  private static String hold(String device, String block, int number) {
    return "ip addr add %s%s dev %s nodad"
        .formatted(address(block, number), block.substring(block.indexOf('/')), device);
  }

  private static String nft(String namespace, String rules) {
    String command =
        namespace.isEmpty() ? "nft -f -" : "ip netns exec %s nft -f -".formatted(namespace);
    return "%s <<'RULES'\n%s\nRULES".formatted(command, rules.strip());
  }

  private void run(List<String> commands) throws IOException {
    sandbox.run(String.join("\n", commands) + "\n");
  }

  /** An address of a block by its number. */
  private static String address(String block, int number) {
    IPAddress address =
        Objects.requireNonNull(new IPAddressString(block).getAddress(), block).getLower();
    return address.increment(number).withoutPrefixLength().toCanonicalString();
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
