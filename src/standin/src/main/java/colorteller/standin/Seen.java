package colorteller.standin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a stand-in saw of a request, as it answers it.
 *
 * @param node the virtual node behind which it stands
 * @param port the port of the node's listener, as the template has it
 * @param protocol how the request came: {@code HTTP/1.1}, {@code HTTP/2}, {@code gRPC} or {@code
 *     TCP}
 * @param method the HTTP method; empty text for TCP
 * @param host the request's host, from its Host header or {@code :authority}
 * @param path its path with its query
 * @param headers its headers in lower case; those of one name are joined by commas
 * @param attempt how many tries of this request the stand-ins of this process have seen by now
 */
public record Seen(
    String node,
    int port,
    String protocol,
    String method,
    String host,
    String path,
    Map<String, String> headers,
    int attempt) {

  /** The header of an answer that has it where the body cannot: gRPC's is empty, and HEAD's. */
  public static final String HEADER = "x-walkthrough-seen";

  // A header holds ASCII only.
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  public Seen {
    headers = new TreeMap<>(headers);
  }

  /** Reads {@link #toString}; empty for any other text. */
  public static Optional<Seen> parse(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      if (json == null || !json.path("node").isTextual()) {
        return Optional.empty();
      }
      Map<String, String> headers = new TreeMap<>();
      json.path("headers")
          .properties()
          .forEach(h -> headers.put(h.getKey(), h.getValue().asText()));
      return Optional.of(
          new Seen(
              json.path("node").asText(),
              json.path("port").asInt(),
              json.path("protocol").asText(),
              json.path("method").asText(),
              json.path("host").asText(),
              json.path("path").asText(),
              headers,
              json.path("attempt").asInt()));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** One line of JSON. */
  @Override
  public String toString() {
    ObjectNode json = JSON.createObjectNode();
    json.put("node", node).put("port", port).put("protocol", protocol);
    json.put("method", method).put("host", host).put("path", path).put("attempt", attempt);
    ObjectNode all = json.putObject("headers");
    headers.forEach(all::put);
    try {
      return JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Text and numbers are JSON", e);
    }
  }
}
