package colorteller.page;

import colorteller.controlplane.ProxyResources;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import colorteller.mesh.report.RouteResult;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.flipkart.zjsonpatch.DiffFlags;
import com.flipkart.zjsonpatch.JsonDiff;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What a switch changed: what requests give, and what each Envoy is told. */
record Change(State before, State after) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final EnumSet<DiffFlags> FLAGS =
      EnumSet.of(
          DiffFlags.ADD_ORIGINAL_VALUE_ON_REPLACE,
          DiffFlags.OMIT_COPY_OPERATION,
          DiffFlags.OMIT_MOVE_OPERATION);

  /** The cells of the table that say something else. */
  ArrayNode cells() {
    ArrayNode cells = JsonNodeFactory.instance.arrayNode();
    for (RouteResult now : after.run().routes()) {
      before.run().routes().stream()
          .filter(was -> was.from().equals(now.from()) && was.call().equals(now.call()))
          .findFirst()
          .ifPresent(was -> write(cells, was, now, after.run().name(now)));
    }
    return cells;
  }

  private static void write(ArrayNode cells, RouteResult was, RouteResult now, String name) {
    for (IpFamily entry : IpFamily.values()) {
      String before = was.observed(entry).map(RouteResult::was).orElse("");
      String after = now.observed(entry).map(RouteResult::was).orElse("");
      if (!before.equals(after)) {
        cells
            .addObject()
            .put("request", name)
            .put("from", now.from())
            .put("gateway", now.gateway().orElse(null))
            .put("path", now.path())
            .put("entry", entry.toString())
            .put("before", before)
            .put("after", after);
      }
    }
  }

  /** The fields of each Envoy's resources that have another value. */
  ArrayNode proxies() {
    ArrayNode proxies = JsonNodeFactory.instance.arrayNode();
    after
        .given()
        .forEach(
            (proxy, resources) -> {
              JsonNode differences =
                  JsonDiff.asJson(
                      byName(Objects.requireNonNull(before.given().get(proxy))),
                      byName(resources),
                      FLAGS);
              if (!differences.isEmpty()) {
                write(proxies.addObject(), proxy, differences);
              }
            });
    return proxies;
  }

  private static void write(ObjectNode json, ProxyId proxy, JsonNode differences) {
    json.put("name", proxy.name());
    ArrayNode changes = json.putArray("changes");
    for (JsonNode difference : differences) {
      // /clusters/NAME/dns_lookup_family; names have no '/' of their own.
      List<String> path = List.of(difference.path("path").asText().substring(1).split("/", -1));
      ObjectNode change = changes.addObject();
      change.put("type", path.get(0));
      change.put("resource", path.size() > 1 ? path.get(1) : "");
      change.put("field", String.join(".", path.subList(Math.min(2, path.size()), path.size())));
      String kind = difference.path("op").asText();
      change.set(
          "before", kind.equals("remove") ? difference.get("value") : difference.get("fromValue"));
      change.set("after", kind.equals("remove") ? null : difference.get("value"));
    }
  }

  /** Resources by their names, so that one more among them is not a change of the others. */
  static ObjectNode byName(ProxyResources resources) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    try {
      for (Map.Entry<String, JsonNode> type : JSON.readTree(resources.toJson()).properties()) {
        ObjectNode named = result.putObject(type.getKey());
        type.getValue().forEach(resource -> named.set(name(resource), resource));
      }
      return result;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("resources are JSON", e);
    }
  }

  static String name(JsonNode resource) {
    return Optional.ofNullable(resource.get("name"))
        .orElseGet(() -> resource.path("cluster_name"))
        .asText();
  }
}
