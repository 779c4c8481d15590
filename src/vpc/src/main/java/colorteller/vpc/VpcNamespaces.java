package colorteller.vpc;

import colorteller.deployment.SecurityGroup;
import colorteller.deployment.Subnet;
import colorteller.deployment.Vpc;
import colorteller.mesh.IpFamily;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.io.IOException;
import java.nio.file.Path;
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
final class VpcNamespaces implements AutoCloseable {

  /** The namespace of the client in the internet. */
  static final String CLIENT = "client";

  /** The router between the subnets, where the VPC's DNS server is too. */
  static final String ROUTER = Sandbox.OUTER;

  private static final String INTERNET = "internet";

  /**
   * Through this, the program asks the Envoys, as ECS's agent reaches a task on Fargate: security
   * groups do not see link-local addresses.
   */
  private static final String MANAGEMENT = "management";

  private static final String MANAGEMENT_BLOCK = "169.254.172.0/22";

  // RFC 5737 and RFC 3849: addresses for documentation.
  private static final Map<IpFamily, String> INTERNET_BLOCKS =
      Map.of(IpFamily.IPV4, "203.0.113.0/24", IpFamily.IPV6, "2001:db8:ffff::/64");

  /** Where AWS's APIs are: an address of the internet, beside the client's. */
  private static final String AWS = "203.0.113.3";

  private static final int HTTPS = 443;

  /** The last of the first four addresses, which AWS keeps for itself in each subnet. */
  private static final int LAST_RESERVED = 3;

  private final Map<String, SecurityGroup> groups;
  private final Map<String, Subnet> subnets;
  private final Map<String, String> bridges = new LinkedHashMap<>();
  private final Map<String, Integer> next = new HashMap<>();
  private final Map<String, NetworkInterface> interfaces = new LinkedHashMap<>();
  private final String resolver;
  private final Sandbox sandbox;
  private int laid;
  private int cables;
  private int managed;

  /**
   * Lays the network.
   *
   * @throws VpcUnavailable if this machine does not allow it
   */
  VpcNamespaces(Vpc vpc, Map<String, SecurityGroup> groups) throws IOException {
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
      setup.addAll(bridge(MANAGEMENT, Map.of(IpFamily.IPV4, MANAGEMENT_BLOCK)));
      setup.addAll(cable(CLIENT, INTERNET, NetworkInterface.NAME, client(), INTERNET_BLOCKS));
      setup.add("ip -netns %s addr add %s/24 dev %s".formatted(CLIENT, AWS, NetworkInterface.NAME));
      setup.add(nft(ROUTER, InternetRoutes.of(subnets.values(), bridges(), INTERNET)));
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
   * What is to be attached to a subnet.
   *
   * @param name the name of its namespace
   * @param subnet the subnet's id
   * @param groups the security groups' ids
   */
  record Attachment(String name, String subnet, Set<String> groups) {}

  /** Gives what is to be attached its addresses. */
  synchronized List<NetworkInterface> assign(List<Attachment> attachments) {
    List<NetworkInterface> result = new ArrayList<>();
    for (Attachment attachment : attachments) {
      Map<IpFamily, String> blocks = subnet(attachment.subnet()).cidrs();
      int number = next.merge(attachment.subnet(), 1, Integer::sum) + LAST_RESERVED;
      Map<IpFamily, String> addresses = new EnumMap<>(IpFamily.class);
      blocks.forEach((family, block) -> addresses.put(family, address(block, number)));
      result.add(
          new NetworkInterface(
              attachment.name(),
              attachment.subnet(),
              addresses,
              address(MANAGEMENT_BLOCK, ++managed + 1),
              attachment.groups()));
    }
    return result;
  }

  /** Makes for each a network namespace, with its interface guarded by its security groups. */
  synchronized void attach(List<NetworkInterface> assigned) throws IOException {
    List<String> commands = new ArrayList<>();
    for (NetworkInterface attached : assigned) {
      String name = attached.namespace();
      if (interfaces.putIfAbsent(name, attached) != null) {
        throw new IllegalArgumentException(name + " is attached already");
      }
      String bridge = Objects.requireNonNull(bridges.get(attached.subnet()));
      commands.addAll(
          cable(
              name,
              bridge,
              NetworkInterface.NAME,
              attached.addresses(),
              subnet(attached.subnet()).cidrs()));
      commands.addAll(
          link(
              name,
              MANAGEMENT,
              MANAGEMENT,
              Map.of(IpFamily.IPV4, attached.management()),
              Map.of(IpFamily.IPV4, MANAGEMENT_BLOCK)));
      // Only the router, whose bridge it is, may send to it.
      commands.add("ip link set cable%d type bridge_slave isolated on".formatted(cables - 1));
    }
    run(commands);
    guard();
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

  /** Where tasks reach AWS's APIs, a URL; nobody is there before somebody listens. */
  String awsEndpoint() {
    return "http://%s:%d".formatted(AWS, HTTPS);
  }

  /** What leads connections to AWS's APIs on to a socket in the file system. */
  List<String> awsRelay(Path socket) {
    return List.of(AWS, Integer.toString(HTTPS), socket.toString());
  }

  /**
   * Lets this program reach an Envoy's admin interface that its task alone can reach: from the
   * interface through which it asks them, a port leads to the loopback address.
   */
  void letAdminIn(NetworkInterface task, int port) throws IOException {
    run(
        List.of(
            "ip netns exec %s sh -c 'echo 1 > /proc/sys/net/ipv4/conf/%s/route_localnet'"
                .formatted(task.namespace(), MANAGEMENT),
            nft(
                task.namespace(),
                """
                table ip management {
                  chain admin {
                    type nat hook prerouting priority dstnat
                    iifname "%s" tcp dport %d dnat to 127.0.0.1
                  }
                }
                """
                    .formatted(MANAGEMENT, port))));
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

  /** The command that leads another into a namespace, for a person. */
  List<String> inside(String namespace) {
    return sandbox.inside(namespace, List.of());
  }

  /** All namespaces by their names, with their addresses. */
  synchronized Map<String, List<String>> addresses() {
    Map<String, List<String>> result = new LinkedHashMap<>();
    result.put(CLIENT, List.copyOf(client().values()));
    result.put(ROUTER, List.of(resolver));
    interfaces.forEach(
        (name, attached) -> result.put(name, List.copyOf(attached.addresses().values())));
    return result;
  }

  /** The client's addresses. */
  static Map<IpFamily, String> client() {
    Map<IpFamily, String> addresses = new EnumMap<>(IpFamily.class);
    INTERNET_BLOCKS.forEach((family, block) -> addresses.put(family, address(block, 2)));
    return addresses;
  }

  private Subnet subnet(String id) {
    Subnet subnet = subnets.get(id);
    if (subnet == null) {
      throw new IllegalArgumentException("no subnet " + id);
    }
    return subnet;
  }

  private List<String> bridge(String name, Map<IpFamily, String> blocks) {
    List<String> result = new ArrayList<>();
    // Without an address of its own it would have that of a cable, and another when that one goes.
    result.add(
        "ip link add %s address 02:00:00:00:00:%02x type bridge mcast_snooping 0"
            .formatted(name, laid++));
    result.add("ip link set %s up".formatted(name));
    blocks.forEach((family, block) -> result.add(hold(name, block, 1)));
    return result;
  }

  /** A namespace at the end of a cable from a bridge, whose first address is its gateway. */
  private List<String> cable(
      String namespace,
      String bridge,
      String name,
      Map<IpFamily, String> addresses,
      Map<IpFamily, String> blocks) {
    List<String> result = new ArrayList<>();
    result.add("ip netns add " + namespace);
    result.add("ip -netns %s link set lo up".formatted(namespace));
    result.addAll(link(namespace, bridge, name, addresses, blocks));
    blocks
        .values()
        .forEach(
            block ->
                result.add(
                    "ip -netns %s route add default via %s"
                        .formatted(namespace, address(block, 1))));
    return result;
  }

  /** An interface of a namespace, at a bridge. */
  private List<String> link(
      String namespace,
      String bridge,
      String name,
      Map<IpFamily, String> addresses,
      Map<IpFamily, String> blocks) {
    String end = "cable" + cables++;
    List<String> result = new ArrayList<>();
    result.add("ip link add %s type veth peer name %s netns %s".formatted(end, name, namespace));
    result.add("ip link set %s master %s up".formatted(end, bridge));
    result.add("ip -netns %s link set %s up".formatted(namespace, name));
    addresses.forEach(
        (family, address) -> {
          String block = Objects.requireNonNull(blocks.get(family));
          result.add(
              "ip -netns %s addr add %s%s dev %s nodad"
                  .formatted(namespace, address, block.substring(block.indexOf('/')), name));
        });
    return result;
  }

  private static String hold(String device, String block, int number) {
    return "ip addr add %s%s dev %s nodad"
        .formatted(address(block, number), block.substring(block.indexOf('/')), device);
  }

  private static String nft(String namespace, String rules) {
    String command =
        namespace.equals(ROUTER) ? "nft -f -" : "ip netns exec %s nft -f -".formatted(namespace);
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
