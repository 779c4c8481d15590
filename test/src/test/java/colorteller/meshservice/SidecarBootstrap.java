package colorteller.meshservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;

/** The bootstrap that the gateway's task definition of {@code backend=envoy} tells its Envoy. */
final class SidecarBootstrap {

  private static final Path TEMPLATE =
      Path.of(
          "test/src/test/resources/templates/own-envoys/app-mesh-ipv6-dns-ecs-service.template.json");

  private SidecarBootstrap() {}

  /**
   * As it is deployed, but for who the Envoy claims to be, and where its control plane and its
   * admin interface are on this machine.
   *
   * @param admin a port; 0 for any that is free
   */
  static String of(String nodeId, int controlPlane, int admin) throws IOException {
    return new ObjectMapper()
        .readTree(TEMPLATE.toFile()).findValues("Environment").stream()
            .flatMap(JsonNode::valueStream)
            .filter(variable -> variable.path("Name").asText().equals("ENVOY_BOOTSTRAP"))
            .map(variable -> variable.path("Value").asText())
            .filter(text -> text.contains("virtualGateway"))
            .findFirst()
            .orElseThrow()
            .replace("mesh/app-mesh-ipv6-dns-mesh/virtualGateway/colorgateway-vg", nodeId)
            .replace(
                "\"address\":\"control-plane.default.svc.cluster.local.mesh\"",
                "\"address\":\"127.0.0.1\"")
            .replace("\"port_value\":18000", "\"port_value\":" + controlPlane)
            .replace(
                "\"address\":\"::\",\"port_value\":9901,\"ipv4_compat\":true",
                "\"address\":\"127.0.0.1\",\"port_value\":" + admin);
  }
}
