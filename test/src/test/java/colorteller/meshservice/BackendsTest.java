package colorteller.meshservice;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.acceptance.Ports;
import colorteller.controlplane.Instance;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.controlplane.WithoutRedirection;
import colorteller.controlplane.ads.AdsServer;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.vpc.NeedsNamespaces;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shop of {@code test/example} on real Envoys, each where one in a task is: an application
 * calls a backend at the loopback address to which its name leads, and at its port. The tasks share
 * a network, so that the nodes have other ports than in the example. The Envoys listen on all
 * addresses, as in a task: so the network is a namespace of its own, with loopback alone.
 */
@ExtendWith(NeedsNamespaces.class)
class BackendsTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern PORT = Pattern.compile("\\bPort: \\d+");

  private final Path folder;

  BackendsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void anApplicationCallsABackendByItsNameAndPort() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "--net",
                "sh",
                "-c",
                "ip link set lo up && exec \"$@\"",
                "sh"));
    command.addAll(
        Command.java(
            System.getProperty("java.class.path"),
            BackendsTest.class.getName(),
            folder.toString()));
    Command.Result inside = Command.run(Map.of(), command);
    assertThat(inside.status()).as(inside.err()).isZero();
  }

  /** Inside. Argument: a folder for its files. */
  public static void main(String[] arguments) throws Exception {
    new BackendsTest(Path.of(arguments[0])).run();
    System.exit(0);
  }

  private void run() throws Exception {
    try (Application web = new Application("web");
        Application cart = new Application("cart");
        Application stock = new Application("stock")) {
      // The backend cart.shop.local has the port of the node web, which calls it.
      Mesh mesh =
          shop(Ports.free(), web.nodePort(), web.nodePort(), cart.nodePort(), stock.nodePort());
      WithoutRedirection placement = new WithoutRedirection(mesh);
      Set<ProxyId> nodes = Set.of(node("web"), node("cart"), node("stock"));
      try (AdsServer ads = new AdsServer(new InetSocketAddress("127.0.0.1", 0))) {
        Map<ProxyId, ProxyResources> resources =
            new HashMap<>(new Translator(mesh, placement, onThisMachine(mesh)).proxies());
        resources.keySet().retainAll(nodes);
        ads.push(resources);
        try (TestEnvoy webEnvoy = envoy(ads, "web");
            TestEnvoy cartEnvoy = envoy(ads, "cart");
            TestEnvoy stockEnvoy = envoy(ads, "stock")) {
          assertThat(ads.awaitConnected(nodes, LIMIT)).isEmpty();
          assertThat(ads.awaitAcknowledged(LIMIT)).isEmpty();
          assertThat(ads.rejected()).isZero();
          for (TestEnvoy envoy : List.of(webEnvoy, cartEnvoy, stockEnvoy)) {
            awaitWarm(envoy);
          }

          String cartAddress = address(placement, "cart.shop.local");
          String stockAddress = address(placement, "stock.shop.local");
          assertThat(get("127.0.0.1", web.nodePort(), "web.shop.local")).endsWith("from web");
          assertThat(get(cartAddress, web.nodePort(), "cart.shop.local")).endsWith("from cart");
          // TCP, of which nobody reads a name.
          assertThat(get(stockAddress, stock.nodePort(), "any")).endsWith("from stock");

          // Each went through the Envoy of its caller, which is nobody else's.
          assertThat(bound(webEnvoy))
              .containsExactlyInAnyOrder(
                  "[::]:" + web.nodePort(), cartAddress + ":" + web.nodePort());
          assertThat(bound(cartEnvoy))
              .containsExactlyInAnyOrder(
                  "[::]:" + cart.nodePort(), stockAddress + ":" + stock.nodePort());
          assertThat(bound(stockEnvoy)).containsExactly("[::]:" + stock.nodePort());
        }
      }
    }
  }

  /** The mesh of the example with other ports, in the order in which they are there. */
  private Mesh shop(int... ports) throws IOException {
    Iterator<Integer> next = Arrays.stream(ports).iterator();
    String text =
        PORT.matcher(Files.readString(Path.of("test/example/mesh.yaml")))
            .replaceAll(found -> "Port: " + next.next());
    assertThat(next).isExhausted();
    return MeshReader.read(
        Template.read(
            Files.writeString(folder.resolve("mesh.yaml"), text), Map.of("Domain", "shop.local")));
  }

  private static Map<CloudMap, List<Instance>> onThisMachine(Mesh mesh) {
    return mesh.nodes().values().stream()
        .flatMap(node -> node.serviceDiscovery().stream())
        .flatMap(
            discovery -> discovery instanceof CloudMap cloudMap ? Stream.of(cloudMap) : Stream.of())
        .collect(
            toMap(
                CloudMap::service,
                service -> List.of(new Instance(Map.of(IpFamily.IPV4, "127.0.0.1")))));
  }

  private static ProxyId node(String name) {
    return new ProxyId("shop", ProxyId.Kind.VIRTUAL_NODE, name);
  }

  private TestEnvoy envoy(AdsServer ads, String node) throws IOException {
    return new TestEnvoy(
        folder, node(node).toString(), ((InetSocketAddress) ads.address()).getPort());
  }

  private static String address(WithoutRedirection placement, String service) {
    return Objects.requireNonNull(placement.addresses().get(service));
  }

  private static void awaitWarm(TestEnvoy envoy) {
    for (String warming :
        List.of("cluster_manager.warming_clusters", "listener_manager.total_listeners_warming")) {
      Await.until(warming + " is 0", () -> envoy.statistic(warming), value -> value == 0);
    }
    Await.until(
        "its workers have started",
        () -> envoy.statistic("listener_manager.workers_started"),
        value -> value == 1);
  }

  private static List<String> bound(TestEnvoy envoy) throws Exception {
    return envoy
        .admin("/listeners")
        .lines()
        .map(line -> line.substring(line.indexOf("::") + 2))
        .toList();
  }

  /** As an application that has looked the host name up: the answer, with its head. */
  private static String get(String address, int port, String host) throws IOException {
    try (Socket socket = new Socket(address, port)) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n"
                  .formatted(host, port)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  /** An application on loopback, at the port that goes with a free one of its node. */
  private static final class Application implements AutoCloseable {

    private final HttpServer server = free();

    Application(String name) throws IOException {
      byte[] body = ("from " + name).getBytes(StandardCharsets.US_ASCII);
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              exchange.sendResponseHeaders(200, body.length);
              exchange.getResponseBody().write(body);
            }
          });
      server.start();
    }

    private static HttpServer free() throws IOException {
      while (true) {
        int port = WithoutRedirection.applicationPort(Ports.free());
        try {
          return HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        } catch (BindException e) {
          // Somebody has it, though not that of the node.
        }
      }
    }

    int nodePort() {
      return server.getAddress().getPort() - WithoutRedirection.applicationPort(0);
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
