package colorteller.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.HeaderFilter;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What one Envoy writes about the requests of this program. */
public final class AccessLog {

  /** Marks the requests of this program. */
  public static final String REQUEST_ID_HEADER = "x-walkthrough-request";

  /** The fields of a line, and the operators of Envoy that fill them. */
  private static final SortedMap<String, String> FORMAT =
      new TreeMap<>(
          Map.of(
              "id", "%REQ(" + REQUEST_ID_HEADER + ")%",
              "cluster", "%UPSTREAM_CLUSTER_RAW%",
              "flags", "%RESPONSE_FLAGS%",
              "host", "%UPSTREAM_HOST%",
              "transport", "%UPSTREAM_TRANSPORT_FAILURE_REASON%"));

  /**
   * What became of one request in one Envoy's listener.
   *
   * @param cluster the cluster that the request was routed to, empty if to none
   * @param flags Envoy's response flags, {@code UH} for no host, {@code UF} for a refused
   *     connection; empty if there are none
   * @param host the address that the Envoy connected to or tried to, empty if there was none
   * @param transport why the connection could not be encrypted, in Envoy's words; empty for another
   *     reason or none
   */
  public record Entry(String cluster, String flags, String host, String transport) {}

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Map<String, List<Entry>> entries = new HashMap<>();
  private long offset;

  public AccessLog(Path file) {
    this.file = file;
  }

  /** Where it is. */
  public Path file() {
    return file;
  }

  /** The fields of a line, and the operators of Envoy that fill them. */
  public static SortedMap<String, String> format() {
    return new TreeMap<>(FORMAT);
  }

  /** What tells an Envoy to write it. */
  public io.envoyproxy.envoy.config.accesslog.v3.AccessLog configuration() {
    Struct.Builder format = Struct.newBuilder();
    FORMAT.forEach(
        (field, operator) ->
            format.putFields(field, Value.newBuilder().setStringValue(operator).build()));
    return io.envoyproxy.envoy.config.accesslog.v3.AccessLog.newBuilder()
        .setName("envoy.access_loggers.file")
        .setFilter(
            AccessLogFilter.newBuilder()
                .setHeaderFilter(
                    HeaderFilter.newBuilder()
                        .setHeader(
                            HeaderMatcher.newBuilder()
                                .setName(REQUEST_ID_HEADER)
                                .setPresentMatch(true))))
        .setTypedConfig(
            Any.pack(
                FileAccessLog.newBuilder()
                    .setPath(file.toString())
                    .setLogFormat(SubstitutionFormatString.newBuilder().setJsonFormat(format))
                    .build()))
        .build();
  }

  /**
   * The last line about a request to a cluster. An Envoy writes it shortly after it has answered.
   *
   * @param cluster whether a cluster's name is that; of no cluster it is empty text
   * @throws MeshFailure if there is none in time
   */
  public Entry await(String requestId, Predicate<String> cluster) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      List<Entry> found =
          entries(requestId).stream().filter(entry -> cluster.test(entry.cluster())).toList();
      if (!found.isEmpty()) {
        return found.get(found.size() - 1);
      }
      if (System.nanoTime() > deadline) {
        throw new MeshFailure(
            "%s holds nothing about a request to the expected cluster after %d s."
                .formatted(file, LIMIT.toSeconds()));
      }
      Pause.briefly();
    }
  }

  /** All that is written by now about a request. */
  private synchronized List<Entry> entries(String requestId) {
    read();
    return List.copyOf(entries.getOrDefault(requestId, List.of()));
  }

  private void read() {
    if (!Files.exists(file)) {
      return;
    }
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(offset);
      byte[] bytes = new byte[(int) (log.length() - offset)];
      log.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      int end = text.lastIndexOf('\n') + 1;
      offset += text.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
      text.substring(0, end).lines().forEach(this::add);
    } catch (IOException e) {
      throw new MeshFailure("cannot read %s: %s".formatted(file, e.getMessage()));
    }
  }

  private void add(String line) {
    try {
      JsonNode json = JSON.readTree(line);
      String id = text(json, "id");
      if (id.isEmpty()) {
        // Somebody else's request, such as a health check.
        return;
      }
      entries
          .computeIfAbsent(id, key -> new ArrayList<>())
          .add(
              new Entry(
                  text(json, "cluster"),
                  text(json, "flags"),
                  text(json, "host"),
                  text(json, "transport")));
    } catch (JsonProcessingException e) {
      throw new MeshFailure("%s holds a line that is not JSON: %s".formatted(file, line));
    }
  }

  private static String text(JsonNode json, String field) {
    String text = json.path(field).asText("");
    return text.equals("-") || text.equals("null") ? "" : text;
  }
}
