package colorteller.local;

import colorteller.controlplane.Instance;
import colorteller.controlplane.Placement;
import colorteller.mesh.Fault;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.Sender;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.ServiceDiscovery.Dns;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything on this machine's two loopback addresses, which any machine has: no root, nothing but
 * ports. The applications and DNS are in this process.
 */
public final class LoopbackNetwork implements Network {

  private final Path envoy;
  private final Mesh mesh;
  private final Map<String, Workload> workloads;
  private final Map<ProxyId, ProxyPorts> ports;
  private final Opened opened = new Opened();
  private final Applications applications = new Applications();
  private final Envoys envoys = new Envoys();
  private final LoopbackClient client = new LoopbackClient();
  private @Nullable Path folder;
  private @Nullable DnsServer dns;
  private @Nullable LocalCertificates certificates;

  /**
   * Chooses free ports; nothing runs yet.
   *
   * @param envoy the Envoy executable
   * @param mesh any stage of the mesh: its gateways and nodes, which do not change
   * @param workloads what runs behind each node, by the node's name
   */
  public LoopbackNetwork(Path envoy, Mesh mesh, Map<String, Workload> workloads) {
    this.envoy = envoy;
    this.mesh = mesh;
    this.workloads = workloads;
    this.ports = opened.add(new Ports()).of(mesh);
  }

  @Override
  public SocketAddress adsAddress() {
    return IpFamily.IPV4.socketAddress(0);
  }

  @Override
  public void start(SocketAddress controlPlane) throws IOException {
    folder = opened.add(new TemporaryFolder()).path();
    dns = opened.add(new DnsServer(hostnames()));
    certificates = new LocalCertificates(mesh, folder);
    opened.add(client);
    opened.add(applications);
    opened.add(envoys);
    for (Map.Entry<ProxyId, ProxyPorts> proxy : ports.entrySet()) {
      int admin = proxy.getValue().admin();
      envoys.start(
          envoy,
          new Bootstrap(
              proxy.getKey(),
              IpFamily.IPV4.socketAddress(admin),
              controlPlane,
              OptionalInt.empty()),
          new Here(admin),
          folder);
    }
    for (VirtualNode node : mesh.nodes().values()) {
      for (Listener listener : node.listeners()) {
        applications.start(
            node, listener, workload(node), of(ports(node).application(), listener.port()));
      }
    }
  }

  @Override
  public void awaitRunning() {
    envoys.supervise();
    supervise();
  }

  @Override
  public Envoys envoys() {
    return envoys;
  }

  @Override
  public Placement placement() {
    return new Loopback(
        mesh,
        ports,
        Objects.requireNonNull(dns).port(),
        certificates(),
        Objects.requireNonNull(folder),
        envoys);
  }

  @Override
  public Map<CloudMap, List<Instance>> instances(Mesh stage) {
    return Instance.ofEachNode(
        stage, node -> workload(node).discovery(), (node, family) -> family.loopback());
  }

  /** The families under which DNS knows each host name. */
  private Map<String, Set<IpFamily>> hostnames() {
    Map<String, Set<IpFamily>> result = new HashMap<>();
    for (VirtualNode node : mesh.nodes().values()) {
      if (node.serviceDiscovery().orElse(null) instanceof Dns name) {
        result.put(name.hostname().toLowerCase(Locale.ROOT), workload(node).discovery());
      }
    }
    return result;
  }

  private Workload workload(VirtualNode node) {
    return Objects.requireNonNull(workloads.get(node.name()), node.name());
  }

  private ProxyPorts ports(VirtualNode node) {
    return Objects.requireNonNull(ports.get(ProxyId.of(mesh, node)));
  }

  private static int of(Map<Integer, Integer> ports, int port) {
    return Objects.requireNonNull(ports.get(port), () -> "no port for " + port);
  }

  /** The port of this machine at which a gateway's first listener takes requests. */
  public int port(VirtualGateway gateway) {
    return port(gateway, gateway.listener());
  }

  /** The port of this machine at which a gateway's listener takes requests. */
  public int port(VirtualGateway gateway, Listener listener) {
    return of(
        Objects.requireNonNull(ports.get(ProxyId.of(mesh, gateway))).ingress(), listener.port());
  }

  /** The port of this machine at which a node's Envoy takes what goes to a port. */
  public int egressPort(VirtualNode node, int port) {
    return of(ports(node).egress(), port);
  }

  @Override
  public URI url(VirtualGateway gateway, IpFamily entry) {
    String scheme = isEncrypted(gateway.listener()) ? "https" : "http";
    return URI.create(scheme + "://" + address(gateway, entry));
  }

  private static boolean isEncrypted(Listener listener) {
    return listener.encryption().isPresent();
  }

  @Override
  public String address(VirtualGateway gateway, IpFamily family) {
    return EnvoyProcess.hostAndPort(family.loopback(), port(gateway));
  }

  @Override
  public Answer send(Request request, IpFamily entry, Optional<String> id) throws IOException {
    if (request.sender() instanceof Sender.Client outside) {
      return client.send(
          request.call(),
          entry.socketAddress(port(outside.gateway(), outside.listener())),
          isEncrypted(outside.listener()) ? Optional.of(certificates().client()) : Optional.empty(),
          id);
    }
    VirtualNode sender = ((Sender.Node) request.sender()).node();
    return client.send(
        request.call(),
        entry.socketAddress(egressPort(sender, request.call().port())),
        Optional.empty(),
        id);
  }

  @Override
  public boolean listens(ProxyId proxy, String address) {
    return envoys.of(proxy).stream().anyMatch(envoy -> envoy.listening().contains(address));
  }

  /** The cause is the application's family only if it answers where it should listen. */
  @Override
  public Optional<String> refusedByApplication(
      VirtualNode node, Listener listener, IpFamily tried, String address) {
    Applications.Application application = application(node, listener);
    String right = EnvoyProcess.hostAndPort(tried.loopback(), application.port());
    if (!address.equals(right)) {
      return Optional.of("the Envoy of %s tried %s, not %s".formatted(node.name(), address, right));
    }
    return application.families().contains(tried)
            || !application.families().stream().allMatch(application::answersOn)
        ? Optional.of(
            "The application of %s does not answer where it should listen.".formatted(node.name()))
        : Optional.empty();
  }

  @Override
  public Optional<Fault> fault(VirtualNode node) {
    return workload(node).standIn().filter(fault -> !fault.equals(Fault.NONE));
  }

  Applications.Application application(VirtualNode node, Listener listener) {
    return applications.of(node, listener);
  }

  LocalCertificates certificates() {
    return Objects.requireNonNull(certificates);
  }

  /** How many tries of a request the applications have seen. */
  int attempts(String requestId) {
    return applications.attempts(requestId);
  }

  @Override
  public void supervise() {
    Objects.requireNonNull(dns).supervise();
    applications.supervise();
  }

  @Override
  public void close() {
    opened.close();
  }

  /** An Envoy beside this program. */
  private record Here(int adminPort) implements EnvoyProcess.Place {

    private static final int ADMIN_LIMIT_MILLIS = 5_000;

    @Override
    public Process start(List<String> command, Path log) throws IOException {
      return Children.start(
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()));
    }

    @Override
    public byte[] admin(String path) throws IOException {
      try (InputStream body =
          LoopbackHttp.to(URI.create(adminUrl() + path), ADMIN_LIMIT_MILLIS).getInputStream()) {
        return body.readAllBytes();
      }
    }

    @Override
    public String adminUrl() {
      return "http://127.0.0.1:" + adminPort;
    }
  }
}
