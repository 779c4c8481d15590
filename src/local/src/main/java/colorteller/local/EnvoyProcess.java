package colorteller.local;

import colorteller.mesh.ProxyId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One real Envoy, configured by the control plane, with its admin interface on 127.0.0.1. */
final class EnvoyProcess implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ADMIN_LIMIT_MILLIS = 5_000;

  private final ProxyId proxy;
  private final int adminPort;
  private final Path log;
  private final AccessLog accessLog;
  private final Process process;

  /**
   * Starts an Envoy.
   *
   * @param binary the Envoy executable
   * @param proxy who it is
   * @param adminPort where its admin interface listens
   * @param adsPort where the control plane listens on 127.0.0.1
   * @param folder for its files; it is created
   */
  EnvoyProcess(Path binary, ProxyId proxy, int adminPort, int adsPort, Path folder)
      throws IOException {
    this.proxy = proxy;
    this.adminPort = adminPort;
    Files.createDirectory(folder);
    log = folder.resolve("envoy.log");
    accessLog = new AccessLog(folder.resolve("access.log"));
    Path bootstrap = folder.resolve("bootstrap.json");
    Files.writeString(bootstrap, Bootstrap.json(proxy, adminPort, adsPort));
    process =
        Children.start(
            new ProcessBuilder(
                    binary.toString(),
                    "--config-path",
                    bootstrap.toString(),
                    "--concurrency",
                    "1",
                    "--disable-hot-restart",
                    // A listener that has lost an address would answer pooled connections for
                    // minutes.
                    "--drain-time-s",
                    "0",
                    "--drain-strategy",
                    "immediate",
                    "--file-flush-interval-msec",
                    "10",
                    "--log-level",
                    "warning")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
  }

  ProxyId proxy() {
    return proxy;
  }

  int adminPort() {
    return adminPort;
  }

  AccessLog accessLog() {
    return accessLog;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Says how the Envoy ended. */
  String obituary() {
    return "The Envoy of %s (process %d) ended with status %d.%s"
        .formatted(proxy, process.pid(), process.exitValue(), lastLogLine());
  }

  private String lastLogLine() {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "" : " It said last: " + lines.get(lines.size() - 1);
    } catch (IOException e) {
      return "";
    }
  }

  /** The values of the statistics whose names match a regular expression. */
  Map<String, Long> statistics(String regex) {
    Map<String, Long> result = new HashMap<>();
    admin("/stats?format=json&filter=" + URLEncoder.encode(regex, StandardCharsets.UTF_8))
        .path("stats")
        .forEach(
            stat -> {
              if (stat.has("value")) {
                result.put(stat.path("name").asText(), stat.path("value").asLong());
              }
            });
    return result;
  }

  /** The addresses, {@code host:port}, on which its listeners accept connections now. */
  Set<String> listening() {
    Set<String> result = new HashSet<>();
    for (JsonNode listener : admin("/listeners?format=json").path("listener_statuses")) {
      List<JsonNode> addresses = new ArrayList<>();
      addresses.add(listener.path("local_address"));
      listener.path("additional_local_addresses").forEach(addresses::add);
      for (JsonNode address : addresses) {
        JsonNode socket = address.path("socket_address");
        result.add(hostAndPort(socket.path("address").asText(), socket.path("port_value").asInt()));
      }
    }
    return result;
  }

  /** An address as Envoy writes it. */
  static String hostAndPort(String host, int port) {
    return host.contains(":") ? "[%s]:%d".formatted(host, port) : host + ":" + port;
  }

  /** A connection breaks shortly before the process that held it has ended. */
  private boolean endsSoon() {
    try {
      return process.waitFor(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private JsonNode admin(String path) {
    URI uri = URI.create("http://127.0.0.1:" + adminPort + path);
    try (InputStream body = LoopbackHttp.to(uri, ADMIN_LIMIT_MILLIS).getInputStream()) {
      return JSON.readTree(body.readAllBytes());
    } catch (JsonProcessingException e) {
      throw new MeshFailure("%s gives no JSON".formatted(uri));
    } catch (IOException e) {
      throw new MeshFailure(
          endsSoon()
              ? obituary()
              : "The admin interface of %s (%s) does not answer: %s".formatted(proxy, uri, e));
    }
  }

  /** Tells it to end, and does not wait. */
  void stop() {
    process.destroy();
  }

  @Override
  public void close() {
    stop();
    try {
      if (!process.waitFor(3, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
