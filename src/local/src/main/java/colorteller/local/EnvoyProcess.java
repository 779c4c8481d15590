package colorteller.local;

import colorteller.mesh.ProxyId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
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
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One real Envoy, configured by the control plane. */
public final class EnvoyProcess implements AutoCloseable {

  /** Where an Envoy runs, and how to ask it there. */
  public interface Place {

    /** Starts a process there; what it says goes to a file. */
    Process start(List<String> command, Path log) throws IOException;

    /** Asks Envoy's admin interface; the body of the answer. */
    byte[] admin(String path) throws IOException;

    /** The URL of Envoy's admin interface there. */
    String adminUrl();
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  /** How a line of Envoy's log begins: time, thread and level. */
  private static final Pattern WARNING = Pattern.compile("\\[[^]]*]\\[\\d+]\\[warning]");

  private final ProxyId proxy;
  private final Place place;
  private final Path log;
  private final Process process;
  private volatile boolean begun;

  /**
   * One that was started.
   *
   * @param log what it says
   */
  EnvoyProcess(ProxyId proxy, Place place, Path log, Process process) {
    this.proxy = proxy;
    this.place = place;
    this.log = log;
    this.process = process;
  }

  /** What starts an Envoy. */
  public static List<String> command(Path binary, Path bootstrap) {
    return List.of(
        binary.toString(),
        "--config-path",
        bootstrap.toString(),
        "--concurrency",
        "1",
        "--disable-hot-restart",
        // A listener that has lost an address would answer pooled connections for minutes.
        "--drain-time-s",
        "0",
        "--drain-strategy",
        "immediate",
        "--file-flush-interval-msec",
        "10",
        "--log-level",
        "warning");
  }

  ProxyId proxy() {
    return proxy;
  }

  String adminUrl() {
    return place.adminUrl();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Whether it has its first configuration and takes connections. */
  public boolean isLive() {
    try {
      place.admin("/ready");
      return true;
    } catch (IOException e) {
      // It answers with another status than 200, or not yet.
      return false;
    }
  }

  /** Whether its admin interface has answered once: one that has just been started does not yet. */
  boolean hasBegun() {
    if (!begun) {
      try {
        place.admin("/server_info");
        begun = true;
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  /** Says how the Envoy ended. */
  String obituary() {
    return "The Envoy of %s (process %d) ended with status %d.%s"
        .formatted(proxy, process.pid(), process.exitValue(), lastComplaint());
  }

  /** What it said last, but for warnings: an Envoy does not end because of these. */
  private String lastComplaint() {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(line -> !WARNING.matcher(line).lookingAt())
          .reduce((first, last) -> last)
          .map(" It said last: "::concat)
          .orElse("");
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
  public Set<String> listening() {
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

  /** The addresses, {@code host:port}, that it has for each of its clusters now. */
  public Map<String, List<String>> upstreams() {
    Map<String, List<String>> result = new HashMap<>();
    for (JsonNode cluster : admin("/clusters?format=json").path("cluster_statuses")) {
      List<String> hosts = new ArrayList<>();
      for (JsonNode host : cluster.path("host_statuses")) {
        JsonNode socket = host.path("address").path("socket_address");
        hosts.add(hostAndPort(socket.path("address").asText(), socket.path("port_value").asInt()));
      }
      result.put(cluster.path("name").asText(), hosts);
    }
    return result;
  }

  /** Its configuration as it reports it, endpoints included. */
  public JsonNode configDump() {
    return admin("/config_dump?include_eds");
  }

  /** An address as Envoy writes it. */
  public static String hostAndPort(String host, int port) {
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
    try {
      return JSON.readTree(place.admin(path));
    } catch (JsonProcessingException e) {
      throw new MeshFailure("%s%s gives no JSON".formatted(place.adminUrl(), path));
    } catch (IOException e) {
      throw new MeshFailure(
          endsSoon()
              ? obituary()
              : "The admin interface of %s (%s%s) does not answer: %s"
                  .formatted(proxy, place.adminUrl(), path, e));
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
