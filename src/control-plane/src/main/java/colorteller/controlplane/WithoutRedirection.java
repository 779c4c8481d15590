package colorteller.controlplane;

import colorteller.mesh.Backend;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference.ListenerBinding;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Each Envoy in an ECS task beside its application, in a network that redirects nothing: the Envoy
 * binds the ports of its node, and the application listens on loopback, at ports of its own.
 *
 * <p>An application calls a virtual service by its name and port, as it did in App Mesh. The name
 * leads to a loopback address that no other virtual service has ({@link #addresses}), and there its
 * Envoy takes the connection.
 */
public final class WithoutRedirection extends AwsTask {

  /** How far an application's port is from the port of its node's listener. */
  private static final int OFFSET = 10_000;

  private static final int LAST_PORT = 65_535;

  private final Mesh mesh;
  private final SortedMap<String, String> addresses;

  /**
   * Where the Envoys of a mesh are.
   *
   * @throws UntranslatableMesh if it has what needs redirection
   */
  public WithoutRedirection(Mesh mesh) {
    this.mesh = mesh;
    this.addresses = addresses(mesh);
    requireFound(mesh);
    mesh.nodes().values().forEach(WithoutRedirection::requireDifferentPorts);
    mesh.gateways().values().forEach(WithoutRedirection::requireDifferentPorts);
  }

  /** The port at which an application listens that others reach at a port of its node. */
  public static int applicationPort(int listenerPort) {
    return listenerPort + OFFSET <= LAST_PORT ? listenerPort + OFFSET : listenerPort - OFFSET;
  }

  /** The loopback addresses to which the names of virtual services lead that are a backend. */
  public SortedMap<String, String> addresses() {
    return new TreeMap<>(addresses);
  }

  /**
   * Checks that Envoys still find the nodes of a mesh in a network where the names of these virtual
   * services lead to loopback addresses.
   *
   * @param other this mesh, or another one there
   * @throws UntranslatableMesh if such a name hides the host name of a node
   */
  public void requireFound(Mesh other) {
    addresses.keySet().forEach(service -> requireFound(other, service));
  }

  /**
   * Whether nobody finds a host any more where the name of a virtual service leads to a loopback
   * address: a DNS server that knows a name knows of all below it as well, that there is nothing
   * else. Names in DNS are the same in either case.
   */
  public static boolean hides(String service, String host) {
    return ("." + lowerCase(host)).endsWith("." + lowerCase(service));
  }

  private static void requireFound(Mesh mesh, String service) {
    for (VirtualNode node : mesh.nodes().values()) {
      if (node.serviceDiscovery().orElse(null) instanceof ServiceDiscovery.Dns dns
          && hides(service, dns.host())) {
        throw new UntranslatableMesh(
            "The virtual service %s has the host name %s by which the virtual node %s is looked up, or one above it, so its name cannot lead to a loopback address; give the node Cloud Map service discovery, or the virtual service another name"
                .formatted(service, dns.host(), node.name()));
      }
    }
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static SortedMap<String, String> addresses(Mesh mesh) {
    SortedMap<String, String> addresses = new TreeMap<>();
    Map<String, String> owners = new TreeMap<>();
    for (VirtualNode node : mesh.nodes().values()) {
      for (Backend backend : node.backends()) {
        String name = backend.virtualService();
        if (!addresses.containsKey(name)) {
          String address = address(lowerCase(name));
          String owner = owners.putIfAbsent(address, name);
          if (owner != null) {
            throw new UntranslatableMesh(
                "The virtual services %s and %s would have the same loopback address (%s); give one of them another name"
                    .formatted(owner, name, address));
          }
          addresses.put(name, address);
        }
      }
    }
    return addresses;
  }

  /** From the name alone, so that a new virtual service moves no other. */
  private static String address(String name) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      // Not 127.0.0.0/16, where a machine has addresses of its own.
      return "127.%d.%d.%d"
          .formatted(1 + between(hash[0], 254), between(hash[1], 255), 1 + between(hash[2], 254));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static int between(byte value, int limit) {
    return Byte.toUnsignedInt(value) % limit;
  }

  private static void requireDifferentPorts(VirtualNode node) {
    Set<Integer> taken = new HashSet<>(Set.of(EnvoyPorts.ADMIN));
    for (Listener listener : node.listeners()) {
      for (int port : List.of(listener.port(), applicationPort(listener.port()))) {
        if (!taken.add(port)) {
          throw new UntranslatableMesh(
              "The virtual node %s would need port %d twice: without redirection the application behind port %d listens on %d, and Envoy's admin interface on %d; give the node another port"
                  .formatted(
                      node.name(),
                      port,
                      listener.port(),
                      applicationPort(listener.port()),
                      EnvoyPorts.ADMIN));
        }
      }
    }
  }

  private static void requireDifferentPorts(VirtualGateway gateway) {
    Set<Integer> taken = new HashSet<>(Set.of(EnvoyPorts.ADMIN, EnvoyPorts.EGRESS));
    for (Listener listener : gateway.listeners()) {
      if (!taken.add(listener.port())) {
        throw new UntranslatableMesh(
            "The virtual gateway %s would need port %d twice: Envoy's admin interface listens on %d, and what a gateway sends to itself comes to %d; give the gateway another port"
                .formatted(gateway.name(), listener.port(), EnvoyPorts.ADMIN, EnvoyPorts.EGRESS));
      }
    }
  }

  @Override
  public List<SocketAddress> ingress(VirtualNode node, ListenerBinding binding) {
    return node.listeners().stream().map(listener -> wildcard(binding, listener.port())).toList();
  }

  @Override
  public SocketAddress application(VirtualNode node, int listenerPort, IpFamily family) {
    return Endpoints.socket(family.loopback(), applicationPort(listenerPort));
  }

  /** What is for no virtual service goes out without the Envoy. */
  @Override
  public List<SocketAddress> egress(ProxyId proxy, ListenerBinding binding) {
    if (proxy.kind() == ProxyId.Kind.VIRTUAL_GATEWAY) {
      return List.of(Endpoints.socket(IpFamily.IPV4.loopback(), EnvoyPorts.EGRESS));
    }
    VirtualNode node = Objects.requireNonNull(mesh.nodes().get(proxy.name()));
    return node.backends().stream()
        .flatMap(backend -> Stream.ofNullable(mesh.services().get(backend.virtualService())))
        .flatMap(
            service -> {
              String address = Objects.requireNonNull(addresses.get(service.name()));
              return ServicePort.of(mesh, service).stream()
                  .map(port -> Endpoints.socket(address, port.port()));
            })
        .toList();
  }
}
