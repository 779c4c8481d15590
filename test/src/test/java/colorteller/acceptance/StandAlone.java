package colorteller.acceptance;

import colorteller.controlplane.ProxyResources;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An Envoy's resources without a control plane. */
public final class StandAlone {

  private static final ObjectMapper JSON = new ObjectMapper();

  private StandAlone() {}

  /** The bootstrap of an Envoy that asks no control plane: everything stands in place. */
  public static String bootstrap(ProxyResources proxy) throws IOException {
    JsonNode resources = JSON.readTree(proxy.withSecretsInPlace().toJson());
    ObjectNode root = JSON.createObjectNode();
    root.putObject("node").put("id", "validated").put("cluster", "validated");
    ObjectNode statics = root.putObject("static_resources");
    ArrayNode clusters = statics.putArray("clusters");
    for (JsonNode cluster : resources.path("clusters")) {
      if (cluster.findValue("sds_config") != null) {
        // In its mode validate, Envoy 1.40 says OK and then crashes if such a cluster knows its
        // hosts.
        withoutEndpoints((ObjectNode) cluster);
      } else if (cluster.path("type").asText().equals("EDS")) {
        withEndpoints((ObjectNode) cluster, resources.path("endpoints"));
      }
      clusters.add(cluster);
    }
    ArrayNode listeners = statics.putArray("listeners");
    for (JsonNode listener : resources.path("listeners")) {
      for (JsonNode manager : listener.findParents("rds")) {
        String name = manager.at("/rds/route_config_name").asText();
        ((ObjectNode) manager)
            .<ObjectNode>without("rds")
            .set("route_config", named(resources.path("routes"), "name", name));
      }
      listeners.add(listener);
    }
    return root.toPrettyString();
  }

  /**
   * Starts an Envoy, whose log is {@code envoy.log}. Whoever starts it ends it.
   *
   * @param folder for its files
   */
  public static Process start(Path folder, String bootstrap, String... options) throws IOException {
    Path config = Files.writeString(folder.resolve("envoy.json"), bootstrap);
    List<String> command =
        new ArrayList<>(List.of(System.getenv("ENVOY"), "-c", config.toString()));
    command.addAll(List.of("--disable-hot-restart", "--concurrency", "1"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("envoy.log").toFile())
        .start();
  }

  private static void withoutEndpoints(ObjectNode cluster) {
    cluster.remove("load_assignment");
    cluster.put("type", "EDS");
    cluster
        .putObject("eds_cluster_config")
        .putObject("eds_config")
        .put("resource_api_version", "V3")
        .putObject("ads");
  }

  private static void withEndpoints(ObjectNode cluster, JsonNode endpoints) {
    cluster.remove("eds_cluster_config");
    cluster.put("type", "STATIC");
    cluster.set("load_assignment", named(endpoints, "cluster_name", cluster.path("name").asText()));
  }

  private static JsonNode named(JsonNode list, String field, String name) {
    for (JsonNode element : list) {
      if (element.path(field).asText().equals(name)) {
        return element;
      }
    }
    throw new AssertionError("nothing is named " + name);
  }
}
