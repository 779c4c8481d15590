package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.controlplane.AwsTask;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What Envoys say that they hold, beside what {@code config} prints. */
final class HeldResources {

  private static final ObjectMapper JSON = new ObjectMapper();

  private HeldResources() {}

  /** Every Envoy holds what a task on AWS would, but for the differences that vpc.md lists. */
  static void areThoseOfConfig(VpcNetwork network, Mesh mesh) throws Exception {
    Map<ProxyId, ProxyResources> config =
        new Translator(mesh, new AwsTask(), network.instances(mesh)).proxies();
    assertThat(network.tasks().running()).hasSizeGreaterThanOrEqualTo(config.size());
    for (EcsTask task : network.tasks().running()) {
      assertThat(held(network, task))
          .as(task.network().namespace())
          .isEqualTo(wanted(config.get(task.proxy().orElseThrow())));
    }
  }

  private static Map<String, JsonNode> held(VpcNetwork network, EcsTask task) throws Exception {
    List<String> command = new ArrayList<>(network.inside(task.network().namespace()));
    command.addAll(List.of("curl", "-s", "http://127.0.0.1:9901/config_dump?include_eds"));
    Command.Result dump = Command.run(Map.of(), command);
    assertThat(dump.status()).as(dump.err()).isZero();
    Map<String, JsonNode> result = new TreeMap<>();
    for (JsonNode config : JSON.readTree(dump.out()).path("configs")) {
      config
          .path("dynamic_active_clusters")
          .forEach(c -> put(result, "cluster", c.path("cluster")));
      config
          .path("dynamic_listeners")
          .forEach(l -> put(result, "listener", l.at("/active_state/listener")));
      config
          .path("dynamic_route_configs")
          .forEach(r -> put(result, "routes", r.path("route_config")));
      config
          .path("dynamic_endpoint_configs")
          .forEach(e -> putEndpoints(result, e.path("endpoint_config")));
    }
    // Envoy tells those of all its clusters.
    result
        .keySet()
        .removeIf(
            name ->
                name.startsWith("endpoints ")
                    && !result
                        .get(name.replace("endpoints ", "cluster "))
                        .path("type")
                        .asText()
                        .equals("EDS"));
    return result;
  }

  private static Map<String, JsonNode> wanted(ProxyResources resources) throws Exception {
    JsonNode json = JSON.readTree(resources.toJson());
    Map<String, JsonNode> result = new TreeMap<>();
    json.path("clusters").forEach(c -> put(result, "cluster", c));
    json.path("listeners").forEach(l -> put(result, "listener", l));
    json.path("routes").forEach(r -> put(result, "routes", r));
    json.path("endpoints").forEach(e -> putEndpoints(result, e));
    return result;
  }

  private static void put(Map<String, JsonNode> result, String kind, JsonNode resource) {
    ObjectNode copy = resource.deepCopy();
    copy.remove("@type");
    copy.findParents("access_log").forEach(parent -> ((ObjectNode) parent).remove("access_log"));
    copy.path("health_checks")
        .forEach(
            check ->
                ((ObjectNode) check)
                    .remove(
                        List.of("interval", "no_traffic_interval", "no_traffic_healthy_interval")));
    result.put(kind + " " + resource.path("name").asText(), copy);
  }

  /** The addresses only: Envoy adds to each what it has found out. */
  private static void putEndpoints(Map<String, JsonNode> result, JsonNode assignment) {
    TreeSet<String> addresses = new TreeSet<>();
    assignment
        .findValues("socket_address")
        .forEach(a -> addresses.add(a.path("address").asText() + " " + a.path("port_value")));
    result.put(
        "endpoints " + assignment.path("cluster_name").asText(), JSON.valueToTree(addresses));
  }
}
