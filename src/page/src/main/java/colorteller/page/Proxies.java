package colorteller.page;

import colorteller.controlplane.Names;
import colorteller.local.Session;
import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What one Envoy was given, what it reports, and the rule that each address comes from. */
record Proxies(State state, Session session) {

  /** Where Envoy's {@code config_dump} has what it got, by our names of the types. */
  private enum Dump {
    CLUSTERS("clusters", "/dynamic_active_clusters", "/cluster"),
    BOOTSTRAP_CLUSTERS("clusters", "/static_clusters", "/cluster"),
    ENDPOINTS("endpoints", "/dynamic_endpoint_configs", "/endpoint_config"),
    LISTENERS("listeners", "/dynamic_listeners", "/active_state/listener"),
    ROUTES("routes", "/dynamic_route_configs", "/route_config");

    private final String type;
    private final String list;
    private final String resource;

    Dump(String type, String list, String resource) {
      this.type = type;
      this.list = list;
      this.resource = resource;
    }
  }

  List<String> names() {
    return state.given().keySet().stream().map(ProxyId::name).toList();
  }

  Optional<ProxyId> named(String name) {
    return state.given().keySet().stream().filter(id -> id.name().equals(name)).findFirst();
  }

  /** One proxy's. */
  JsonNode json(ProxyId proxy) {
    JsonNode given = Change.byName(Objects.requireNonNull(state.given().get(proxy)));
    Map<String, ObjectNode> reported =
        session.local().network().envoys().of(proxy).stream()
            .findFirst()
            .map(envoy -> reported(envoy.configDump()))
            .orElse(Map.of());
    Map<String, String> rules = rules(proxy);
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", proxy.name());
    ArrayNode resources = json.putArray("resources");
    for (String type : List.of("listeners", "routes", "clusters", "endpoints")) {
      ObjectNode ofEnvoy = reported.getOrDefault(type, JsonNodeFactory.instance.objectNode());
      for (Map.Entry<String, JsonNode> one : given.path(type).properties()) {
        String rule = rules.get(type + "/" + one.getKey());
        write(resources.addObject(), proxy, type, one.getKey(), Optional.ofNullable(rule))
            .<ObjectNode>set("given", one.getValue())
            .set("reported", ofEnvoy.remove(one.getKey()));
      }
      // What it has besides: from its bootstrap, or what DNS gave it.
      for (Map.Entry<String, JsonNode> one : ofEnvoy.properties()) {
        String rule = rules.get(type + "/" + one.getKey());
        write(resources.addObject(), proxy, type, one.getKey(), Optional.ofNullable(rule))
            .<ObjectNode>set("given", null)
            .set("reported", one.getValue());
      }
    }
    return json;
  }

  private ObjectNode write(
      ObjectNode json, ProxyId proxy, String type, String name, Optional<String> rule) {
    json.put("type", type).put("name", name).put("rule", rule.orElse(null));
    ArrayNode addresses = json.putArray("addresses");
    if (type.equals("clusters")) {
      state
          .upstreams()
          .getOrDefault(proxy, Map.of())
          .getOrDefault(name, List.of())
          .forEach(addresses::add);
    }
    return json;
  }

  private static Map<String, ObjectNode> reported(JsonNode dump) {
    Map<String, ObjectNode> result = new LinkedHashMap<>();
    for (JsonNode section : dump.path("configs")) {
      for (Dump place : Dump.values()) {
        for (JsonNode entry : section.at(place.list)) {
          JsonNode resource = entry.at(place.resource);
          if (resource instanceof ObjectNode object) {
            object.remove("@type");
            result
                .computeIfAbsent(place.type, type -> JsonNodeFactory.instance.objectNode())
                .set(Change.name(object), object);
          }
        }
      }
    }
    return result;
  }

  /** The rule behind the addresses of each resource, in a sentence, by type and name. */
  private Map<String, String> rules(ProxyId proxy) {
    Mesh mesh = state.scenario().mesh();
    Map<String, String> rules = new LinkedHashMap<>();
    for (VirtualNode node : mesh.nodes().values()) {
      for (Listener listener : node.listeners()) {
        IpPreference preference = mesh.effectivePreference(node);
        rules.put(
            "clusters/" + Names.ingressCluster(mesh, node, listener),
            "%s: the application is looked for at %s."
                .formatted(from(node), preference.localApplication().loopback()));
        String egress =
            Names.egressCluster(mesh, node.name(), listener.protocol(), listener.port());
        rules.put("clusters/" + egress, lookedUp(node, preference));
        rules.put("endpoints/" + egress, lookedUp(node, preference));
      }
    }
    for (VirtualGateway gateway : mesh.gateways().values()) {
      for (Listener listener : gateway.listeners()) {
        rules.put(
            "clusters/" + Names.selfRedirectCluster(mesh, gateway, listener),
            "No preference: the gateway reaches itself at 127.0.0.1, which every listener binds.");
      }
    }
    Objects.requireNonNull(state.given().get(proxy))
        .listeners()
        .forEach(listener -> rules.put("listeners/" + listener.getName(), bound(proxy)));
    return rules;
  }

  private String lookedUp(VirtualNode node, IpPreference preference) {
    return node.serviceDiscovery().orElse(null) instanceof ServiceDiscovery.Dns
        ? "%s: DNS is asked for %s (%s)."
            .formatted(from(node), order(preference.dnsLookup().order()), preference.dnsLookup())
        : "%s: of each Cloud Map instance, the address is %s."
            .formatted(from(node), order(preference.cloudMapOrder()));
  }

  private String bound(ProxyId proxy) {
    Mesh mesh = state.scenario().mesh();
    Optional<VirtualNode> node = Optional.ofNullable(mesh.nodes().get(proxy.name()));
    boolean isNode = proxy.kind() == ProxyId.Kind.VIRTUAL_NODE;
    IpPreference preference =
        isNode ? node.map(mesh::effectivePreference).orElseThrow() : mesh.preference();
    Collection<IpFamily> families = preference.listenerBinding().families();
    return "%s: listeners bind %s."
        .formatted(
            isNode ? from(node.orElseThrow()) : preference + " of the mesh",
            families.size() == 2 ? "IPv4 and IPv6" : "IPv4");
  }

  private String from(VirtualNode node) {
    return node.preference() == IpPreference.NONE
        ? "%s, from the mesh for %s".formatted(state.scenario().mesh().preference(), node.name())
        : "%s of %s itself".formatted(node.preference(), node.name());
  }

  private static String order(List<IpFamily> order) {
    return order.size() == 1
        ? "%s only".formatted(order.get(0))
        : "%s, else %s".formatted(order.get(0), order.get(1));
  }
}
