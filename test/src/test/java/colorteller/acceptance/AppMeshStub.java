package colorteller.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * App Mesh's API, for the mesh of a template: moto knows no virtual services. A resource is the
 * template's, in the API's spelling and with what the API adds. Lists come in pages of two.
 */
public final class AppMeshStub implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 2;

  /** The API's collections, and what the template calls their members. */
  private static final Map<String, String> COLLECTIONS =
      Map.of(
          "virtualNodes", "VirtualNode",
          "virtualGateways", "VirtualGateway",
          "virtualServices", "VirtualService",
          "gatewayRoutes", "GatewayRoute");

  private volatile JsonNode resources;
  private final HttpStub http;

  public AppMeshStub(Path template) throws IOException {
    deploy(template);
    http = new HttpStub((request, body) -> answer(request));
  }

  /** From now on the mesh is that of another template. */
  public void deploy(Path template) throws IOException {
    resources = JSON.readTree(template.toFile()).path("Resources");
  }

  public String endpoint() {
    return http.endpoint();
  }

  private HttpStub.Answer answer(HttpExchange request) {
    String[] path = request.getRequestURI().getPath().split("/");
    // /v20190125/meshes/MESH[/virtualGateway/GATEWAY][/COLLECTION[/NAME]]
    String last = path[path.length - 1];
    if (path.length == 4) {
      return describe("Mesh", last);
    }
    return COLLECTIONS.containsKey(last)
        ? list(last, String.valueOf(request.getRequestURI().getQuery()))
        : describe(String.valueOf(COLLECTIONS.get(path[path.length - 2])), last);
  }

  private List<JsonNode> all(String type) {
    return resources
        .valueStream()
        .filter(resource -> resource.path("Type").asText().equals("AWS::AppMesh::" + type))
        .map(resource -> resource.path("Properties"))
        .toList();
  }

  private HttpStub.Answer list(String collection, String query) {
    String type = String.valueOf(COLLECTIONS.get(collection));
    List<JsonNode> all = all(type);
    int from = query.startsWith("nextToken=") ? Integer.parseInt(query.substring(10)) : 0;
    int to = Math.min(from + PAGE, all.size());
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode page = answer.putArray(collection);
    all.subList(from, to)
        .forEach(
            properties ->
                page.addObject()
                    .put(lower(type + "Name"), properties.path(type + "Name").asText()));
    if (to < all.size()) {
      answer.put("nextToken", Integer.toString(to));
    }
    return HttpStub.Answer.json(answer.toString());
  }

  private HttpStub.Answer describe(String type, String name) {
    return all(type).stream()
        .filter(properties -> properties.path(type + "Name").asText().equals(name))
        .findFirst()
        .map(
            properties -> {
              ObjectNode data = (ObjectNode) spelled(properties);
              data.putObject("metadata").put("uid", "0").put("version", 1);
              data.putObject("status").put("status", "ACTIVE");
              return HttpStub.Answer.json(data.toString());
            })
        .orElseGet(() -> HttpStub.Answer.error(404, "NotFoundException", "There is no " + name));
  }

  /** The API spells keys in lower camel case; a reference is resolved. */
  private JsonNode spelled(JsonNode node) {
    if (node.has("Fn::GetAtt")) {
      JsonNode getAtt = node.path("Fn::GetAtt");
      return resources
          .path(getAtt.path(0).asText())
          .path("Properties")
          .path(getAtt.path(1).asText());
    }
    if (node.isArray()) {
      ArrayNode all = JSON.createArrayNode();
      node.forEach(each -> all.add(spelled(each)));
      return all;
    }
    if (!node.isObject()) {
      return node;
    }
    ObjectNode object = JSON.createObjectNode();
    node.properties().forEach(e -> object.set(lower(e.getKey()), spelled(e.getValue())));
    return object;
  }

  private static String lower(String key) {
    return switch (key) {
      case "AWSCloudMap" -> "awsCloudMap";
      case "ACM", "DNS", "HTTP", "SDS", "TLS" -> key.toLowerCase(Locale.ROOT);
      default -> Character.toLowerCase(key.charAt(0)) + key.substring(1);
    };
  }

  @Override
  public void close() {
    http.close();
  }
}
