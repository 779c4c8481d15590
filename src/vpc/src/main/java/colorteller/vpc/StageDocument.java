package colorteller.vpc;

import colorteller.local.AccessLog;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualNode;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The document of a mesh, to be changed as a deployment of another stage changes it: its IP
 * preferences.
 */
final class StageDocument {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MESH = "AWS::AppMesh::Mesh";
  private static final String NODE = "AWS::AppMesh::VirtualNode";
  private static final String GATEWAY = "AWS::AppMesh::VirtualGateway";
  private static final String PREFERENCE = "IpPreference";

  private final JsonNode template;

  /**
   * Reads one.
   *
   * @param text a template, JSON
   */
  StageDocument(String text) {
    try {
      template = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON: " + text, e);
    }
  }

  /** The same with the IP preferences of a stage. */
  StageDocument withPreferencesOf(Mesh stage) {
    StageDocument changed = new StageDocument(template.toString());
    for (ObjectNode mesh : changed.specs(MESH)) {
      ObjectNode discovery = mesh.withObject("/ServiceDiscovery");
      put(discovery, stage.preference());
      if (discovery.isEmpty()) {
        mesh.remove("ServiceDiscovery");
      }
    }
    for (ObjectNode properties : changed.properties(NODE)) {
      VirtualNode node =
          Objects.requireNonNull(stage.nodes().get(properties.path("VirtualNodeName").asText()));
      properties
          .at("/Spec/ServiceDiscovery")
          .forEach(discovery -> put((ObjectNode) discovery, node.preference()));
    }
    return changed;
  }

  private static void put(ObjectNode discovery, IpPreference preference) {
    Optional<String> name = preference.appMeshName();
    if (name.isPresent()) {
      discovery.put(PREFERENCE, name.get());
    } else {
      discovery.remove(PREFERENCE);
    }
  }

  /**
   * The same with an access log of each Envoy, by which this program knows where requests fail.
   *
   * @param file where it is, by the name of the node or gateway
   */
  StageDocument withAccessLogs(Function<String, Path> file) {
    StageDocument changed = new StageDocument(template.toString());
    changed
        .properties(NODE)
        .forEach(node -> log(node, file.apply(node.path("VirtualNodeName").asText())));
    changed
        .properties(GATEWAY)
        .forEach(gateway -> log(gateway, file.apply(gateway.path("VirtualGatewayName").asText())));
    return changed;
  }

  private static void log(ObjectNode properties, Path path) {
    ObjectNode file = properties.withObject("/Spec/Logging/AccessLog/File");
    file.put("Path", path.toString());
    ArrayNode fields = file.putObject("Format").putArray("Json");
    AccessLog.format()
        .forEach((key, value) -> fields.addObject().put("Key", key).put("Value", value));
  }

  private List<ObjectNode> specs(String type) {
    return properties(type).stream().map(properties -> properties.withObject("/Spec")).toList();
  }

  private List<ObjectNode> properties(String type) {
    return template
        .path("Resources")
        .valueStream()
        .filter(resource -> resource.path("Type").asText().equals(type))
        .map(resource -> (ObjectNode) resource.path("Properties"))
        .toList();
  }

  /** A template, JSON. */
  String text() {
    return template.toString();
  }
}
