package colorteller.constructs;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.acceptance.Ports;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.ads.AdsServer;
import colorteller.controlplane.ads.ProxyStatus;
import colorteller.mesh.ProxyId;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first process of an Envoy's container, with a real Envoy that a control plane tells what to
 * do, and without a container.
 */
class SidecarScriptTest {

  /** From one health check of the task definition to the next. */
  private static final Duration HEALTH_CHECK = Duration.ofSeconds(5);

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final HttpClient HTTP =
      HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
  private static final ProxyId RED = new ProxyId("m", ProxyId.Kind.VIRTUAL_NODE, "red");

  /** An address of documentation, which this machine does not have. */
  private static final String NOT_HERE = "192.0.2.1";

  @TempDir Path folder;

  private final int admin = Ports.free();
  private final int port = Ports.free();
  private AdsServer controlPlane;
  private Process sidecar;

  @BeforeEach
  void start() throws Exception {
    controlPlane = new AdsServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Files.createSymbolicLink(folder.resolve("envoy"), Path.of(System.getenv("ENVOY")));
    sidecar = sidecar("run");
  }

  @AfterEach
  void end() throws Exception {
    List<ProcessHandle> children = sidecar.descendants().toList();
    sidecar.destroyForcibly().waitFor();
    for (ProcessHandle child : children) {
      child.destroyForcibly();
      child.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    controlPlane.close();
  }

  private Process sidecar(String command) throws IOException {
    Path script =
        Command.root()
            .resolve("src/constructs/src/main/resources/colorteller/constructs/envoy/sidecar");
    ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), command);
    Map<String, String> environment = builder.environment();
    environment.put("PATH", folder + ":" + environment.get("PATH"));
    environment.put("ENVOY_BOOTSTRAP", bootstrap());
    environment.put("SIDECAR_LET_GO_SECONDS", "1");
    environment.put("SIDECAR_LAST_SECONDS", "60");
    environment.put("SIDECAR_ADMIN_PORT", Integer.toString(admin));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(command).toFile()))
        .start();
  }

  /** As it is deployed, but for certificates and for where things are on this machine. */
  private String bootstrap() throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode bootstrap =
        (ObjectNode)
            json.readTree(
                new EnvoyBootstrap(RED, "127.0.0.1", "127.0.0.1", OptionalInt.empty()).json());
    ((ObjectNode) bootstrap.at("/admin/address/socket_address")).put("port_value", admin);
    ObjectNode cluster = (ObjectNode) bootstrap.at("/static_resources/clusters/0");
    cluster.remove("transport_socket");
    ((ObjectNode)
            cluster.at(
                "/load_assignment/endpoints/0/lb_endpoints/0/endpoint/address/socket_address"))
        .put("port_value", ((InetSocketAddress) controlPlane.address()).getPort());
    return bootstrap.toString();
  }

  private void tell(List<Cluster> clusters, Listener... listeners) {
    controlPlane.push(
        Map.of(RED, new ProxyResources(clusters, List.of(), List.of(listeners), List.of())));
  }

  private void tell(Listener... listeners) {
    tell(List.of(), listeners);
  }

  /** Answers every request. */
  private Listener red(String address) {
    return Listener.newBuilder()
        .setName("ingress " + address)
        .setAddress(
            Address.newBuilder()
                .setSocketAddress(
                    SocketAddress.newBuilder().setAddress(address).setPortValue(port)))
        .addFilterChains(
            FilterChain.newBuilder()
                .addFilters(
                    Filter.newBuilder()
                        .setName("http")
                        .setTypedConfig(
                            Any.pack(
                                HttpConnectionManager.newBuilder()
                                    .setStatPrefix("ingress")
                                    .setRouteConfig(
                                        RouteConfiguration.newBuilder()
                                            .addVirtualHosts(
                                                VirtualHost.newBuilder()
                                                    .setName("all")
                                                    .addDomains("*")
                                                    .addRoutes(answer())))
                                    .addHttpFilters(
                                        HttpFilter.newBuilder()
                                            .setName("router")
                                            .setTypedConfig(Any.pack(Router.getDefaultInstance())))
                                    .build()))))
        .build();
  }

  private static Route answer() {
    return Route.newBuilder()
        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
        .setDirectResponse(
            DirectResponseAction.newBuilder()
                .setStatus(200)
                .setBody(DataSource.newBuilder().setInlineString("red")))
        .build();
  }

  private HttpResponse<String> ask(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path)).build(),
        BodyHandlers.ofString());
  }

  /** What Envoy's own readiness says, which knows nothing of what it rejected. */
  private boolean isReady() throws Exception {
    return ask("/ready").statusCode() == 200;
  }

  private boolean hasRejected() {
    return controlPlane.status().stream()
        .map(ProxyStatus::envoys)
        .flatMap(List::stream)
        .anyMatch(envoy -> !envoy.rejections().isEmpty());
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void until(String what, Condition condition) throws Exception {
    Instant limit = Instant.now().plus(LIMIT);
    while (!condition.holds()) {
      assertThat(Instant.now()).as(what).isBefore(limit);
      Thread.onSpinWait();
    }
  }

  private int health() throws Exception {
    return sidecar("health").waitFor();
  }

  /** A client that keeps its connection, and gives it up when it is told to. */
  private final class Client implements AutoCloseable {
    private Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);

    Client() throws IOException {}

    /** Whether it was told to close. */
    boolean request() throws IOException {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: red\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = new byte[1000];
      int length = socket.getInputStream().read(answer);
      String text = new String(answer, 0, Math.max(0, length), StandardCharsets.US_ASCII);
      assertThat(text).startsWith("HTTP/1.1 200 ").endsWith("red");
      return text.toLowerCase(Locale.ROOT).contains("connection: close");
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void anEnvoyThatIsToldNothingIsNotHealthyAndOneThatHasNothingToDoIs() throws Exception {
    until("connected", () -> !controlPlane.status().isEmpty());
    assertThat(health()).isNotZero();
    tell();
    until("healthy", () -> health() == 0);
  }

  /** Also where it has taken the rest: nobody else is to go for its sake. */
  @Test
  void anEnvoyThatRejectsAListenerOfTheFirstIsNotHealthy() throws Exception {
    tell(red("127.0.0.1"), red(NOT_HERE));
    until("rejected", this::hasRejected);
    until("ready", this::isReady);
    try (Client client = new Client()) {
      assertThat(client.request()).isFalse();
    }
    assertThat(health()).isNotZero();
  }

  @Test
  void norIsOneThatRejectsACluster() throws Exception {
    Cluster broken =
        Cluster.newBuilder().setName("broken").setType(Cluster.DiscoveryType.EDS).build();
    tell(List.of(broken), red("127.0.0.1"));
    until("rejected", this::hasRejected);
    until("ready", this::isReady);
    assertThat(health()).isNotZero();
  }

  /** It goes on with what it has, and nobody would be better in its place. */
  @Test
  void whatComesLaterTakesNobodysHealth() throws Exception {
    tell(red("127.0.0.1"));
    until("healthy", () -> health() == 0);
    tell(red("127.0.0.1"), red(NOT_HERE));
    until("rejected", this::hasRejected);
    assertThat(health()).as("after a rejection").isZero();
    tell();
    assertThat(health()).as("without a listener").isZero();
    controlPlane.close();
    until(
        "without a control plane",
        () -> ask("/stats?filter=connected_state").body().strip().endsWith("connected_state: 0"));
    assertThat(health()).as("without a control plane").isZero();
  }

  @Test
  void onSigtermItLetsItsClientsGoAndLosesNothing() throws Exception {
    tell(red("127.0.0.1"));
    until("healthy", () -> health() == 0);
    List<Client> kept = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Client client = new Client();
      assertThat(client.request()).isFalse();
      kept.add(client);
    }
    Instant asked = Instant.now();
    sidecar.destroy();
    until("no longer healthy", () -> health() != 0);
    assertThat(Duration.between(asked, Instant.now()))
        .as("before ECS looks again")
        .isLessThan(HEALTH_CHECK);

    // Who has not heard of it yet is served, on a new connection and on an old one.
    try (Client late = new Client()) {
      assertThat(late.request()).as("told to go").isTrue();
    }
    for (Client client : kept) {
      assertThat(sidecar.isAlive()).isTrue();
      assertThat(client.request()).as("told to go").isTrue();
      client.close();
    }
    assertThat(sidecar.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(sidecar.exitValue()).isZero();
    assertThat(Files.readString(folder.resolve("run")))
        .containsPattern("sidecar: ends after [0-9]+ s, with 0 connections open");
  }

  /** ECS sees the container end, and starts another. */
  @Test
  void whenEnvoyDiesItEndsToo() throws Exception {
    tell(red("127.0.0.1"));
    until("healthy", () -> health() == 0);
    sidecar
        .children()
        .filter(child -> child.info().command().orElse("").contains("envoy"))
        .forEach(ProcessHandle::destroyForcibly);
    assertThat(sidecar.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(sidecar.exitValue()).isNotZero();
    assertThat(health()).isNotZero();
  }
}
