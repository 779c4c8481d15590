package colorteller.cli;

import colorteller.local.MeshFailure;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * Takes orders, such as {@code ./walkthrough switch}, for a mesh that {@code ./walkthrough up}
 * keeps running: HTTP on loopback, with a token from a file that only this user can read.
 */
final class Control implements AutoCloseable {

  /** What a mesh that is up can be asked for, by a word that says what exactly. */
  enum Order {
    /** Switches to a stage, by its name; a {@code JsonReport}. */
    SWITCH(90),
    /** The command that leads into a namespace, by its name; a JSON array. */
    SHELL(5);

    /** Longer than it may take, which has limits of its own. */
    private final Duration limit;

    Order(int seconds) {
      this.limit = Duration.ofSeconds(seconds);
    }

    String path() {
      return "/" + name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String TOKEN_HEADER = "x-walkthrough-token";
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration PING_LIMIT = Duration.ofSeconds(2);

  // HTTP statuses.
  private static final int REFUSED = 400;
  private static final int FAILED = 500;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final String token = UUID.randomUUID().toString();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "order");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Starts to listen.
   *
   * @param orders what each does with its word; it throws UnusableInput for one that is not allowed
   * @throws UnusableInput if a mesh is already up
   */
  Control(Map<Order, UnaryOperator<String>> orders) throws IOException {
    refuseIfUp();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    // Asking for nothing tells that a mesh is up.
    server.createContext("/", exchange -> answer(exchange, word -> ""));
    orders.forEach(
        (order, does) -> server.createContext(order.path(), exchange -> answer(exchange, does)));
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

  private void answer(HttpExchange exchange, UnaryOperator<String> does) throws IOException {
    try (exchange) {
      if (!token.equals(exchange.getRequestHeaders().getFirst(TOKEN_HEADER))) {
        exchange.sendResponseHeaders(403, -1);
        return;
      }
      String word = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      int status = 200;
      String answer = "";
      try {
        answer = does.apply(word);
      } catch (UnusableInput e) {
        status = REFUSED;
        answer = String.valueOf(e.getMessage());
      } catch (MeshFailure e) {
        status = FAILED;
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
   * Asks a running mesh for something.
   *
   * @throws UnusableInput if no mesh is up, or the word is not allowed
   * @throws MeshFailure if the mesh fails at it
   */
  static String send(Order order, String word) {
    return ask(order.path(), word, order.limit)
        .map(HttpResponse::body)
        .orElseThrow(
            () ->
                new UnusableInput(
                    "No mesh is up; start one in another terminal: ./walkthrough up"));
  }

  /**
   * Looks for another mesh that is up.
   *
   * @throws UnusableInput if there is one
   */
  static void refuseIfUp() {
    if (Files.exists(file()) && ask("/", "", PING_LIMIT).isPresent()) {
      throw new UnusableInput(
          "A mesh is already up, started by another ./walkthrough up; end that one first");
    }
  }

  private static Optional<HttpResponse<String>> ask(String path, String word, Duration limit) {
    try {
      JsonNode state = JSON.readTree(file().toFile());
      HttpResponse<String> response =
          HttpClient.newBuilder()
              .proxy(HttpClient.Builder.NO_PROXY)
              .connectTimeout(CONNECT_LIMIT)
              .build()
              .send(
                  HttpRequest.newBuilder(
                          URI.create(
                              "http://127.0.0.1:%d%s".formatted(state.path("port").asInt(), path)))
                      .timeout(limit)
                      .header(TOKEN_HEADER, state.path("token").asText())
                      .POST(BodyPublishers.ofString(word))
                      .build(),
                  BodyHandlers.ofString());
      if (response.statusCode() == REFUSED) {
        throw new UnusableInput(response.body());
      }
      if (response.statusCode() == FAILED) {
        throw new MeshFailure(response.body());
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
    threads.shutdown();
    try {
      Files.deleteIfExists(file());
    } catch (IOException e) {
      WalkthroughCommand.say("%s could not be deleted: %s".formatted(file(), e.getMessage()));
    }
  }
}
