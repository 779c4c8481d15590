package colorteller.cli;

import colorteller.mesh.report.JsonReport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Takes {@code ./walkthrough switch} for a mesh that {@code ./walkthrough up} keeps running: HTTP
 * on loopback, with a token from a file that only this user can read.
 */
final class Control implements AutoCloseable {

  private static final String TOKEN_HEADER = "x-walkthrough-token";
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration PING_LIMIT = Duration.ofSeconds(2);

  /** Longer than a switch may take, which has limits of its own. */
  private static final Duration SWITCH_LIMIT = Duration.ofSeconds(90);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final String token = UUID.randomUUID().toString();
  private final Function<String, JsonReport> onSwitch;

  /**
   * Starts to listen.
   *
   * @param onSwitch what a stage's name does; it throws UnusableInput for a name that is none
   * @throws UnusableInput if a mesh is already up
   */
  Control(Function<String, JsonReport> onSwitch) throws IOException {
    this.onSwitch = onSwitch;
    refuseIfUp();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    try {
      announce();
    } catch (IOException e) {
      server.stop(0);
      throw new MissingTool(
          "%s cannot be written, and ./walkthrough switch needs it: %s; make its folder yours"
              .formatted(file(), e));
    }
  }

  private void announce() throws IOException {
    Files.deleteIfExists(file());
    Files.createDirectories(file().getParent());
    try (var out =
        Files.newByteChannel(
            file(),
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      out.write(
          ByteBuffer.wrap(
              JSON.writeValueAsBytes(
                  JSON.createObjectNode()
                      .put("port", server.getAddress().getPort())
                      .put("token", token))));
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!token.equals(exchange.getRequestHeaders().getFirst(TOKEN_HEADER))) {
        exchange.sendResponseHeaders(403, -1);
        return;
      }
      // Asking without a stage tells that a mesh is up.
      String stage = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      int status = 200;
      String answer = "";
      try {
        answer = stage.isEmpty() ? "" : onSwitch.apply(stage).toString();
      } catch (UnusableInput e) {
        status = 400;
        answer = String.valueOf(e.getMessage());
      }
      byte[] body = answer.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  /**
   * Asks a running mesh to switch.
   *
   * @param stage the stage's name
   * @return what became of it; empty if no mesh is up
   * @throws UnusableInput if there is no such stage
   */
  static Optional<JsonReport> send(String stage) {
    if (stage.isBlank()) {
      throw new UnusableInput("stage '' is not allowed; name one, such as v6_only");
    }
    return ask(stage, SWITCH_LIMIT).map(response -> JsonReport.read(response.body()));
  }

  /**
   * Looks for another mesh that is up.
   *
   * @throws UnusableInput if there is one
   */
  static void refuseIfUp() {
    if (Files.exists(file()) && ask("", PING_LIMIT).isPresent()) {
      throw new UnusableInput(
          "A mesh is already up, started by another ./walkthrough up; end that one first");
    }
  }

  private static Optional<HttpResponse<String>> ask(String stage, Duration limit) {
    try {
      JsonNode state = JSON.readTree(file().toFile());
      HttpResponse<String> response =
          HttpClient.newBuilder()
              .proxy(HttpClient.Builder.NO_PROXY)
              .connectTimeout(CONNECT_LIMIT)
              .build()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + state.path("port").asInt()))
                      .timeout(limit)
                      .header(TOKEN_HEADER, state.path("token").asText())
                      .POST(BodyPublishers.ofString(stage))
                      .build(),
                  BodyHandlers.ofString());
      if (response.statusCode() == 400) {
        throw new UnusableInput(response.body());
      }
      return Optional.of(response).filter(r -> r.statusCode() == 200);
    } catch (IOException | IllegalArgumentException e) {
      // No file, or nobody who answers there: no mesh is up.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Path file() {
    return Machine.tools().resolve("up.json");
  }

  @Override
  public void close() {
    server.stop(0);
    try {
      Files.deleteIfExists(file());
    } catch (IOException e) {
      WalkthroughCommand.say("%s could not be deleted: %s".formatted(file(), e.getMessage()));
    }
  }
}
