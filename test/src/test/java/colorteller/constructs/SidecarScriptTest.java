package colorteller.constructs;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first process of an Envoy's container, with a real Envoy and without a container. */
class SidecarScriptTest {

  /** From one health check of the task definition to the next. */
  private static final Duration HEALTH_CHECK = Duration.ofSeconds(5);

  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;

  private int admin;
  private int port;
  private Process sidecar;

  @BeforeEach
  void start() throws Exception {
    try (ServerSocket one = onLoopback();
        ServerSocket other = onLoopback()) {
      admin = one.getLocalPort();
      port = other.getLocalPort();
    }
    Files.createSymbolicLink(folder.resolve("envoy"), Path.of(System.getenv("ENVOY")));
    sidecar = sidecar("run");
    until("healthy", () -> health() == 0);
  }

  private static ServerSocket onLoopback() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void end() throws Exception {
    List<ProcessHandle> children = sidecar.descendants().toList();
    sidecar.destroyForcibly().waitFor();
    for (ProcessHandle child : children) {
      child.destroyForcibly();
      child.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
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

  private String bootstrap() {
    return """
        {"admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": %d}}},
         "static_resources": {"listeners": [{"name": "ingress",
           "address": {"socket_address": {"address": "127.0.0.1", "port_value": %d}},
           "filter_chains": [{"filters": [{"name": "http", "typed_config": {
             "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
             "stat_prefix": "ingress",
             "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
               {"match": {"prefix": "/"}, "direct_response": {"status": 200, "body": {"inline_string": "red"}}}]}]},
             "http_filters": [{"name": "router", "typed_config": {
               "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}]}}
        """
        .formatted(admin, port);
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
  void onSigtermItLetsItsClientsGoAndLosesNothing() throws Exception {
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
    sidecar
        .children()
        .filter(child -> child.info().command().orElse("").contains("envoy"))
        .forEach(ProcessHandle::destroyForcibly);
    assertThat(sidecar.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(sidecar.exitValue()).isNotZero();
    assertThat(health()).isNotZero();
  }
}
