package colorteller.controlplane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** Makes right in a random template what App Mesh asks for in words. */
final class Repairs {

  private static final int FIRST_PORT = 9000;

  private Repairs() {}

  static void repair(ObjectNode resources, int gateways) {
    int ways = 0;
    for (JsonNode resource : resources) {
      ObjectNode properties = (ObjectNode) resource.path("Properties");
      ObjectNode spec = (ObjectNode) properties.path("Spec");
      switch (resource.path("Type").asText().replace("AWS::AppMesh::", "")) {
        case "VirtualNode" -> node(spec);
        case "VirtualRouter", "VirtualGateway" -> listeners(spec);
        case "Route" -> route(spec, List.of("HttpRoute", "Http2Route", "GrpcRoute", "TcpRoute"));
        case "GatewayRoute" -> {
          properties.put("VirtualGatewayName", "gateway" + ways++ % gateways);
          route(spec, List.of("HttpRoute", "Http2Route", "GrpcRoute"));
        }
        case "VirtualService" -> {
          // A provider is one of two, or there is none.
          if (spec.path("Provider").isEmpty()) {
            spec.remove("Provider");
          }
        }
        default -> {
          // A mesh is right as it is.
        }
      }
    }
  }

  /** Each node can be sent to. */
  private static void node(ObjectNode spec) {
    listeners(spec);
    if (spec.path("ServiceDiscovery").isMissingNode()) {
      spec.putObject("ServiceDiscovery").putObject("DNS").put("Hostname", "a.local");
    }
  }

  private static void listeners(ObjectNode spec) {
    if (spec.path("Listeners").isEmpty()) {
      spec.putArray("Listeners")
          .addObject()
          .putObject("PortMapping")
          .put("Port", FIRST_PORT)
          .put("Protocol", "http");
    }
    int port = FIRST_PORT;
    for (JsonNode listener : spec.path("Listeners")) {
      ObjectNode mapping = (ObjectNode) listener.path("PortMapping");
      mapping.put("Port", port++);
      String protocol = mapping.path("Protocol").asText().toUpperCase(Locale.ROOT);
      for (String property : List.of("Timeout", "ConnectionPool")) {
        if (listener.has(property) && !listener.path(property).has(protocol)) {
          ((ObjectNode) listener).remove(property);
        }
      }
      for (String property : List.of("Interval", "BaseEjectionDuration")) {
        if (listener.path("OutlierDetection").path(property).path("Value").asLong() == 0
            && listener.has("OutlierDetection")) {
          ((ObjectNode) listener.path("OutlierDetection").path(property)).put("Value", 1);
        }
      }
    }
  }

  /** A route is of one kind, and takes something. */
  private static void route(ObjectNode spec, List<String> kinds) {
    List<String> given = kinds.stream().filter(spec::has).toList();
    if (given.isEmpty()) {
      spec.removeAll();
      ObjectNode route = spec.putObject("HttpRoute");
      route.putObject("Match").put("Prefix", "/");
      ObjectNode action = route.putObject("Action");
      if (kinds.contains("TcpRoute")) {
        action.putArray("WeightedTargets").addObject().put("VirtualNode", "node0").put("Weight", 1);
      } else {
        action
            .putObject("Target")
            .putObject("VirtualService")
            .put("VirtualServiceName", "service0");
      }
      return;
    }
    given.stream().skip(1).forEach(spec::remove);
    ObjectNode route = (ObjectNode) spec.path(given.get(0));
    route.path("Action").path("WeightedTargets").forEach(t -> ((ObjectNode) t).remove("Port"));
    if (given.get(0).equals("TcpRoute")) {
      return;
    }
    ObjectNode match = (ObjectNode) route.path("Match");
    if (match.path("Hostname").size() != 1) {
      match.remove("Hostname");
    }
    if (given.get(0).equals("GrpcRoute")) {
      if (!match.has("ServiceName")) {
        match.remove("MethodName");
      }
      return;
    }
    if (match.path("Path").size() != 1) {
      match.remove("Path");
    }
    if (match.has("Path")) {
      match.remove("Prefix");
      ((ObjectNode) route.path("Action")).remove("Rewrite");
    } else if (!match.has("Prefix")) {
      match.put("Prefix", "/");
    }
  }
}
