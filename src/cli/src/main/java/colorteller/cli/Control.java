package colorteller.cli;

import colorteller.local.MeshFailure;
import colorteller.page.Page;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;

/**
 * Sends orders, such as {@code ./walkthrough switch}, to the mesh that {@code ./walkthrough up}
 * keeps running: to its page, whose port and token are in a file that only this user can read.
 */
final class Control implements AutoCloseable {

  /** What a mesh that is up can be asked for, by a word that says what exactly. */
  enum Order {
    /** Switches to a stage, by its name; a {@code JsonReport}. */
    STAGE(90),
    /** What the control plane knows of its proxies, for any word; JSON. */
    PROXIES(5),
    /** The command that leads into a namespace, by its name; a JSON array. */
    SHELL(5),
    /** Deploys a service anew, by its name and {@code first} or {@code last}; JSON. */
    RESTART(600);

    /** Longer than it may take, which has limits of its own. */
    private final Duration limit;

    Order(int seconds) {
      this.limit = Duration.ofSeconds(seconds);
    }

    /** Its name in the page's interface for scripts. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration PING_LIMIT = Duration.ofSeconds(2);

  // HTTP statuses.
  private static final int REFUSED = 400;
  private static final int FAILED = 503;
  private static final int INTERNAL = 500;

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Lets other commands know of a page.
   *
   * @throws UnusableInput if a mesh is already up
   */
  Control(Page page) {
    refuseIfUp();
    try {
      announce(page);
    } catch (IOException e) {
      throw new MissingTool(
          "%s cannot be written, and ./walkthrough switch needs it: %s; make its folder yours"
              .formatted(file(), e));
    }
  }

  private static void announce(Page page) throws IOException {
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
                  JSON.createObjectNode().put("port", page.port()).put("token", page.token()))));
    }
  }

  /**
   * Asks a running mesh for something.
   *
   * @throws UnusableInput if no mesh is up, or the word is not allowed
   * @throws MeshFailure if the mesh fails at it
   */
  static JsonNode send(Order order, String word) {
    String body = JSON.createObjectNode().put(order.word(), word).toString();
    return ask(order.word(), order.limit, request -> request.POST(BodyPublishers.ofString(body)))
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
    if (Files.exists(file()) && ask("state", PING_LIMIT, HttpRequest.Builder::GET).isPresent()) {
      throw new UnusableInput(
          "A mesh is already up, started by another ./walkthrough up; end that one first");
    }
  }

  private interface Method {
    HttpRequest.Builder of(HttpRequest.Builder request);
  }

  private static Optional<JsonNode> ask(String what, Duration limit, Method method) {
    JsonNode up;
    try {
      up = JSON.readTree(file().toFile());
    } catch (IOException e) {
      // No file, or none of ours: no mesh is up.
      return Optional.empty();
    }
    try {
      URI uri = URI.create("http://127.0.0.1:%d/api/%s".formatted(up.path("port").asInt(), what));
      HttpResponse<byte[]> response =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .proxy(HttpClient.Builder.NO_PROXY)
              .connectTimeout(CONNECT_LIMIT)
              .build()
              .send(
                  method
                      .of(
                          HttpRequest.newBuilder(uri)
                              .timeout(limit)
                              .header("Content-Type", "application/json")
                              .header(Page.TOKEN_HEADER, up.path("token").asText()))
                      .build(),
                  BodyHandlers.ofByteArray());
      if (response.statusCode() == REFUSED) {
        throw new UnusableInput(error(response));
      }
      if (response.statusCode() == FAILED) {
        throw new MeshFailure(error(response));
      }
      if (response.statusCode() == INTERNAL) {
        throw new MeshFailure("The mesh that is up has a fault: " + error(response));
      }
      return response.statusCode() == 200
          ? Optional.of(JSON.readTree(response.body()))
          : Optional.empty();
    } catch (ConnectException e) {
      // Nobody listens: the mesh that was up was killed.
      forget();
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      // Nobody who answers so: no mesh is up.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static String error(HttpResponse<byte[]> response) throws IOException {
    return JSON.readTree(response.body()).path("error").asText();
  }

  private static Path file() {
    return Machine.tools().resolve("up.json");
  }

  /** Can be called again. */
  @Override
  public void close() {
    forget();
  }

  private static void forget() {
    try {
      Files.deleteIfExists(file());
    } catch (IOException e) {
      WalkthroughCommand.say("%s could not be deleted: %s".formatted(file(), e.getMessage()));
    }
  }
}
