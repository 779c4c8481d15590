package colorteller.page;

import colorteller.controlplane.Names;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who sends to whom: the client to gateways, those to the Envoys of nodes, these to their
 * applications and to the nodes behind their backends. With the addresses that the Envoys use.
 */
record Topology(State state) {

  static final String CLIENT = "client";

  /** How many hues there are for nodes whose answer is no colour of the walkthrough. */
  private static final int HUES = 6;

  private static final List<String> COLORS =
      List.of("red", "orange", "yellow", "green", "blue", "purple");

  static String id(VirtualGateway gateway) {
    return "gateway/" + gateway.name();
  }

  static String id(VirtualNode node) {
    return "node/" + node.name();
  }

  static String application(VirtualNode node) {
    return "application/" + node.name();
  }

  ObjectNode json() {
    Mesh mesh = state.scenario().mesh();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode nodes = json.putArray("nodes");
    ArrayNode edges = json.putArray("edges");
    nodes.addObject().put("id", CLIENT).put("kind", CLIENT).put("name", CLIENT);
    for (VirtualGateway gateway : mesh.gateways().values()) {
      write(nodes.addObject(), gateway);
      edges.addObject().put("from", CLIENT).put("to", id(gateway));
      Set<VirtualNode> behind = new LinkedHashSet<>();
      mesh.requests().stream()
          .filter(request -> request.gateway().filter(gateway::equals).isPresent())
          .flatMap(request -> request.way().targets().stream())
          .forEach(target -> behind.add(target.node()));
      behind.forEach(node -> edge(edges, id(gateway), ProxyId.of(mesh, gateway), node));
    }
    for (VirtualNode node : mesh.nodes().values()) {
      write(nodes.addObject(), node);
      if (node.listener().isPresent()) {
        nodes
            .addObject()
            .put("id", application(node))
            .put("kind", "application")
            .put("name", node.name())
            .put("color", workload(node).answer())
            .put("hue", hue(node))
            .set("listens", families(workload(node).application()));
        write(
            edges.addObject().put("from", id(node)).put("to", application(node)),
            upstream(ProxyId.of(mesh, node), Names.ingressCluster(mesh, node)));
      }
      backends(node).forEach(target -> edge(edges, id(node), ProxyId.of(mesh, node), target));
    }
    return json;
  }

  private void edge(ArrayNode edges, String from, ProxyId sender, VirtualNode to) {
    write(
        edges.addObject().put("from", from).put("to", id(to)),
        upstream(sender, Names.egressCluster(state.scenario().mesh(), to)));
  }

  private Collection<VirtualNode> backends(VirtualNode node) {
    Mesh mesh = state.scenario().mesh();
    return node.backends().stream()
        .flatMap(backend -> Stream.ofNullable(mesh.services().get(backend.virtualService())))
        .flatMap(service -> mesh.routes().nodes(service).stream())
        .distinct()
        .toList();
  }

  private List<String> upstream(ProxyId proxy, String cluster) {
    return state.upstreams().getOrDefault(proxy, Map.of()).getOrDefault(cluster, List.of());
  }

  private static void write(ObjectNode edge, List<String> addresses) {
    addresses.forEach(edge.putArray("addresses")::add);
    ArrayNode families = edge.putArray("families");
    addresses.stream()
        .map(address -> address.startsWith("[") ? IpFamily.IPV6 : IpFamily.IPV4)
        .distinct()
        .forEach(family -> families.add(family.toString()));
  }

  private void write(ObjectNode json, VirtualGateway gateway) {
    Mesh mesh = state.scenario().mesh();
    json.put("id", id(gateway)).put("kind", "gateway").put("name", gateway.name());
    json.put("effective", mesh.preference().toString());
    json.set("listens", families(mesh.preference().listenerBinding().families()));
    Objects.requireNonNull(state.urls().get(gateway.name()))
        .forEach((family, url) -> json.withObject("/urls").put(family.toString(), url));
  }

  private void write(ObjectNode json, VirtualNode node) {
    Mesh mesh = state.scenario().mesh();
    json.put("id", id(node)).put("kind", "envoy").put("name", node.name());
    json.put("color", workload(node).answer()).put("hue", hue(node));
    json.put("preference", node.preference().appMeshName().orElse(null));
    json.put("effective", mesh.effectivePreference(node).toString());
    json.set("listens", families(mesh.effectivePreference(node).listenerBinding().families()));
    json.set("discovery", families(workload(node).discovery()));
  }

  private Workload workload(VirtualNode node) {
    return Objects.requireNonNull(state.scenario().workloads().get(node.name()));
  }

  /** In which of the page's colours a node is drawn. */
  String hue(VirtualNode node) {
    String answer = workload(node).answer();
    return COLORS.contains(answer)
        ? answer
        : COLORS.get(List.copyOf(state.scenario().mesh().nodes().values()).indexOf(node) % HUES);
  }

  private static ArrayNode families(Collection<IpFamily> families) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    Stream.of(IpFamily.values())
        .filter(families::contains)
        .forEach(family -> array.add(family.toString()));
    return array;
  }
}
