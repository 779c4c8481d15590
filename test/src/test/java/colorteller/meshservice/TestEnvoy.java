package colorteller.meshservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A real Envoy, one of a proxy's, that has one control plane or several to ask. */
final class TestEnvoy implements AutoCloseable {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Process process;

  /** Starts one that shows nobody a certificate, and asks nobody for one. */
  TestEnvoy(Path folder, String nodeId, int... controlPlanes) throws IOException {
    this(folder, bootstrap(nodeId, controlPlanes), Map.of());
  }

  /**
   * Starts one.
   *
   * @param bootstrap its bootstrap, JSON
   * @param environment what that names of its environment
   */
  TestEnvoy(Path folder, String bootstrap, Map<String, String> environment) throws IOException {
    this.folder = Files.createTempDirectory(folder, "envoy");
    Files.writeString(this.folder.resolve("bootstrap.json"), bootstrap);
    ProcessBuilder builder =
        new ProcessBuilder(
            System.getenv("ENVOY"),
            "--config-path",
            this.folder.resolve("bootstrap.json").toString(),
            "--admin-address-path",
            this.folder.resolve("admin").toString(),
            "--concurrency",
            "1",
            "--disable-hot-restart",
            "--log-level",
            "warning");
    builder.environment().putAll(environment);
    process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(this.folder.resolve("log").toFile())
            .start();
    Await.until("started", () -> Files.readString(this.folder.resolve("admin")), a -> !a.isEmpty());
  }

  private static String bootstrap(String nodeId, int... controlPlanes) {
    String endpoints =
        IntStream.of(controlPlanes)
            .mapToObj(
                port ->
                    """
                    {"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": %d}}}}
                    """
                        .formatted(port))
            .collect(Collectors.joining(","));
    return """
        {"node": {"id": "%s", "cluster": "test"},
         "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}}},
         "dynamic_resources": {
           "lds_config": {"resource_api_version": "V3", "ads": {}},
           "cds_config": {"resource_api_version": "V3", "ads": {}},
           "ads_config": {"api_type": "DELTA_GRPC", "transport_api_version": "V3",
             "grpc_services": [{"envoy_grpc": {
               "cluster_name": "control_plane",
               "retry_policy": {"retry_back_off": {"base_interval": "0.1s", "max_interval": "0.5s"}}}}]}},
         "static_resources": {"clusters": [{
           "name": "control_plane", "type": "STATIC", "connect_timeout": "1s",
           "typed_extension_protocol_options": {
             "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
               "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
               "explicit_http_config": {"http2_protocol_options": {}}}},
           "load_assignment": {"cluster_name": "control_plane",
             "endpoints": [{"lb_endpoints": [%s]}]}}]}}
        """
        .formatted(nodeId, endpoints);
  }

  String admin(String path) throws Exception {
    return HTTP.send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://" + Files.readString(folder.resolve("admin")).strip() + path))
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  /** The value of one statistic; 0 if it is not there yet. */
  long statistic(String name) throws Exception {
    JsonNode stats = JSON.readTree(admin("/stats?format=json&filter=%5E" + name + "%24"));
    return stats.at("/stats/0/value").asLong();
  }

  /** The names of its clusters that the control plane gave it. */
  List<String> clusters() throws Exception {
    List<String> names = new ArrayList<>();
    for (JsonNode config : JSON.readTree(admin("/config_dump")).path("configs")) {
      for (JsonNode cluster : config.path("dynamic_active_clusters")) {
        names.add(cluster.at("/cluster/name").asText());
      }
    }
    return names.stream().sorted().toList();
  }

  String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
