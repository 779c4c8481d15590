package colorteller.cli;

import colorteller.cli.report.TextTable;
import colorteller.cli.report.TextTable.Cell;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What each Envoy has acknowledged and rejected, as its control plane knows. */
@Command(
    name = "proxies",
    description =
        "Ask a running control plane for its proxies: what each Envoy has acknowledged and when, and"
            + " what it rejects and why. Without --admin, the mesh that ./walkthrough up keeps"
            + " running.")
final class ProxiesCommand implements Callable<Integer> {

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int VERSION_SHOWN = 8;
  private static final ObjectMapper JSON = new ObjectMapper();

  @Mixin Help help = new Help();

  @Mixin Output output = new Output();

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description = "The admin address of a control plane, such as http://127.0.0.1:18001.")
  @Nullable URI admin;

  @Override
  public Integer call() throws InterruptedException {
    URI asked = admin;
    JsonNode status =
        asked == null ? Control.send(Control.Order.PROXIES, "") : answered(asked, ask(asked));
    System.out.println(
        output.format == Output.Format.json
            ? status.toPrettyString()
            : table(status, Ansi.AUTO).stripTrailing());
    return envoys(status).allMatch(envoy -> envoy.behind().isEmpty())
        ? ExitStatus.AS_EXPECTED
        : ExitStatus.DIFFERS;
  }

  /** The JSON of a control plane. */
  static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static JsonNode answered(URI admin, String text) {
    JsonNode status = read(text);
    if (!status.path("proxies").isArray()) {
      throw new UnusableInput(
          "--admin %s answers with something else; name the admin address of a control plane"
              .formatted(admin));
    }
    return status;
  }

  private static String ask(URI admin) throws InterruptedException {
    try {
      HttpResponse<String> response =
          HttpClient.newBuilder()
              .proxy(HttpClient.Builder.NO_PROXY)
              .connectTimeout(LIMIT)
              .build()
              .send(
                  HttpRequest.newBuilder(admin.resolve("/proxies")).timeout(LIMIT).build(),
                  BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new UnusableInput(
            "--admin %s answers with HTTP status %d; name the admin address of a control plane"
                .formatted(admin, response.statusCode()));
      }
      return response.body();
    } catch (IOException | IllegalArgumentException e) {
      throw new UnusableInput(
          "--admin %s cannot be asked: %s; name the admin address of a control plane that runs, such as http://127.0.0.1:18001"
              .formatted(admin, e));
    }
  }

  /** An Envoy, or a proxy that has none. */
  private record Envoy(String proxy, JsonNode wanted, JsonNode json, Instant now) {

    /** What it lacks; empty if it has all, or is not there. */
    Optional<String> behind() {
      if (json.isMissingNode()) {
        return Optional.empty();
      }
      if (!json.path("rejections").isEmpty()) {
        return Optional.of("rejects " + json.path("rejections").size());
      }
      return wanted.equals(json.path("acknowledged")) ? Optional.empty() : Optional.of("behind");
    }

    String state() {
      if (wanted.isMissingNode()) {
        return "in no document";
      }
      return json.isMissingNode() ? "no Envoy" : behind().orElse("acknowledged");
    }
  }

  private static Stream<Envoy> envoys(JsonNode status) {
    Instant now = Instant.parse(status.path("now").asText());
    return elements(status.path("proxies"))
        .flatMap(
            proxy -> {
              JsonNode envoys = proxy.path("envoys");
              Stream<JsonNode> all =
                  envoys.isEmpty() ? Stream.of(proxy.path("none")) : elements(envoys);
              return all.map(
                  envoy ->
                      new Envoy(proxy.path("proxy").asText(), proxy.path("version"), envoy, now));
            });
  }

  static String table(JsonNode status, Ansi ansi) {
    TextTable table = new TextTable();
    table.row(cells("proxy", "Envoy", "", "version", "acknowledged", "connected"));
    StringBuilder rejections = new StringBuilder();
    envoys(status)
        .forEach(
            envoy -> {
              JsonNode json = envoy.json();
              table.row(
                  List.of(
                      Cell.of(envoy.proxy()),
                      Cell.of(json.path("address").asText()),
                      new Cell(envoy.state(), envoy.behind().isPresent() ? "red" : ""),
                      Cell.of(version(json.path("acknowledged"))),
                      Cell.of(ago(envoy.now(), json.path("acknowledgedAt"))),
                      Cell.of(ago(envoy.now(), json.path("connectedAt")))));
              elements(json.path("rejections"))
                  .forEach(
                      rejection ->
                          rejections.append(
                              "%s rejects its %s %s, %s: %s%n"
                                  .formatted(
                                      envoy.proxy(),
                                      rejection.path("type").asText(),
                                      rejection.path("name").asText(),
                                      ago(envoy.now(), rejection.path("at")),
                                      rejection.path("reason").asText())));
            });
    return table.print(ansi) + (rejections.isEmpty() ? "" : System.lineSeparator() + rejections);
  }

  private static String version(JsonNode version) {
    String text = version.asText();
    return text.substring(0, Math.min(VERSION_SHOWN, text.length()));
  }

  private static String ago(Instant now, JsonNode at) {
    if (at.isMissingNode()) {
      return "";
    }
    Duration age = Duration.between(Instant.parse(at.asText()), now);
    if (age.toMinutes() < 2) {
      return "%d s ago".formatted(age.toSeconds());
    }
    return age.toHours() < 2
        ? "%d min ago".formatted(age.toMinutes())
        : "%d h ago".formatted(age.toHours());
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static List<Cell> cells(String... texts) {
    return Stream.of(texts).map(Cell::of).toList();
  }
}
