package colorteller.local;

import colorteller.controlplane.Instance;
import colorteller.controlplane.Placement;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.ServiceDiscovery.Dns;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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

  private static final int LIMIT_MILLIS = 10_000;

  private final Path envoy;
  private final Mesh mesh;
  private final Map<String, Workload> workloads;
  private final Map<ProxyId, ProxyPorts> ports;
  private final Opened opened = new Opened();
  private final Applications applications = new Applications();
  private final Envoys envoys = new Envoys();
  private @Nullable DnsServer dns;

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
    this.ports = Ports.of(mesh);
  }

  @Override
  public SocketAddress controlPlane() {
    return IpFamily.IPV4.socketAddress(0);
  }

  @Override
  public void start(SocketAddress controlPlane) throws IOException {
    Path folder = opened.add(new TemporaryFolder()).path();
    dns = opened.add(new DnsServer(hostnames()));
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
      if (node.listener().isPresent()) {
        applications.start(node, workload(node), ports(node).application());
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
    return new Loopback(mesh, ports, Objects.requireNonNull(dns).port(), envoys);
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

  /** The port of this machine at which a gateway takes requests. */
  public int port(VirtualGateway gateway) {
    return Objects.requireNonNull(ports.get(ProxyId.of(mesh, gateway))).ingress();
  }

  @Override
  public URI url(VirtualGateway gateway, IpFamily entry) {
    return URI.create("http://" + address(gateway, entry));
  }

  @Override
  public String address(VirtualGateway gateway, IpFamily family) {
    return EnvoyProcess.hostAndPort(family.loopback(), port(gateway));
  }

  @Override
  public Answer get(VirtualGateway gateway, IpFamily entry, String path, Optional<String> id)
      throws IOException {
    HttpURLConnection connection =
        LoopbackHttp.to(URI.create("http://" + address(gateway, entry) + path), LIMIT_MILLIS);
    connection.setRequestProperty("Connection", "close");
    id.ifPresent(mark -> connection.setRequestProperty(AccessLog.REQUEST_ID_HEADER, mark));
    try {
      int status = connection.getResponseCode();
      InputStream stream = status < 400 ? connection.getInputStream() : connection.getErrorStream();
      String body = stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(Optional.of(status), body, true);
    } catch (ConnectException e) {
      return new Answer(Optional.empty(), "", false);
    }
  }

  @Override
  public boolean listens(ProxyId proxy, String address) {
    return envoys.of(proxy).stream().anyMatch(envoy -> envoy.listening().contains(address));
  }

  /** The cause is the application's family only if it answers where it should listen. */
  @Override
  public Optional<String> refusedByApplication(VirtualNode node, IpFamily tried, String address) {
    Applications.Application application = application(node);
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

  Applications.Application application(VirtualNode node) {
    return applications.of(node);
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
