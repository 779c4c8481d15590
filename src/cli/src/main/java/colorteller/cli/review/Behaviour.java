package colorteller.cli.review;

import colorteller.cli.config.ProxiesOnAws;
import colorteller.controlplane.ProxyResources;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.report.RouteResult;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.TemplateException;
import colorteller.mesh.template.WorkloadReader;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the meshes of a set of templates do: what each request gives, and what each Envoy is told.
 *
 * @param cells by request
 * @param proxies the Envoy resources, by proxy, then by stage
 */
record Behaviour(Map<Cell, RouteResult> cells, Map<String, Map<String, JsonNode>> proxies) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern MESH_STACK = Pattern.compile("(.*)-(dns|cloud)-mesh");
  private static final String NOTHING = "nothing";

  /** One cell of the stage matrix. */
  record Cell(String variant, String stage, String path, IpFamily via) {}

  static Behaviour of(TemplateSet templates) {
    Map<Cell, RouteResult> cells = new LinkedHashMap<>();
    Map<String, Map<String, JsonNode>> proxies = new TreeMap<>();
    templates
        .files()
        .forEach(
            (stage, stacks) ->
                stacks.forEach(
                    (stack, file) -> {
                      Matcher mesh = MESH_STACK.matcher(stack);
                      if (mesh.matches()) {
                        String services = mesh.group(1) + "-" + mesh.group(2) + "-ecs-service";
                        add(
                            stage,
                            mesh.group(2),
                            file,
                            services(templates, services),
                            cells,
                            proxies);
                      }
                    }));
    return new Behaviour(cells, proxies);
  }

  /** The stage is in the mesh only: the services are in the default stage's folder. */
  private static Path services(TemplateSet templates, String stack) {
    return templates.files().values().stream()
        .flatMap(stacks -> Optional.ofNullable(stacks.get(stack)).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new CannotTell(
                    "There is no template of stack %s, which the mesh needs".formatted(stack)));
  }

  private static void add(
      String stage,
      String variant,
      Path meshFile,
      Path servicesFile,
      Map<Cell, RouteResult> cells,
      Map<String, Map<String, JsonNode>> proxies) {
    try {
      Mesh mesh = MeshReader.read(Template.read(meshFile, Map.of()));
      Scenario scenario =
          new Scenario(
              Optional.of(variant),
              Optional.of(stage),
              mesh,
              WorkloadReader.read(Template.read(servicesFile, Map.of()), mesh));
      for (RouteResult route : scenario.expected().routes()) {
        for (IpFamily via : IpFamily.values()) {
          cells.put(new Cell(variant, stage, route.request().path(), via), route);
        }
      }
      ProxiesOnAws.of(scenario)
          .forEach(
              (id, resources) ->
                  proxies.computeIfAbsent(id, i -> new TreeMap<>()).put(stage, json(resources)));
    } catch (TemplateException e) {
      throw new CannotTell("What requests give cannot be told: " + e.getMessage());
    }
  }

  /** The requests that give something else than there. */
  List<RequestChange> requestsUnlike(Behaviour other) {
    Map<Cell, RouteResult> all = new LinkedHashMap<>(other.cells);
    all.putAll(cells);
    List<RequestChange> changes = new ArrayList<>();
    for (Cell cell : all.keySet()) {
      String before = word(other.cells.get(cell), cell);
      String after = word(cells.get(cell), cell);
      if (!before.equals(after)) {
        changes.add(
            new RequestChange(
                cell.variant(),
                cell.stage(),
                cell.path(),
                cell.via().toString(),
                before,
                after,
                cells.containsKey(cell)
                    ? cells.get(cell).expected(cell.via()).explanation()
                    : "There is no such request any more."));
      }
    }
    return changes;
  }

  private static String word(@Nullable RouteResult route, Cell cell) {
    return route == null ? NOTHING : route.should(cell.via());
  }

  /** The proxies that are told something else than there. */
  List<ProxyChange> proxiesUnlike(Behaviour other) {
    Map<String, ProxyChange> changes = new LinkedHashMap<>();
    for (String proxy : Review.union(proxies.keySet(), other.proxies.keySet())) {
      Map<String, JsonNode> now = proxies.getOrDefault(proxy, Map.of());
      Map<String, JsonNode> then = other.proxies.getOrDefault(proxy, Map.of());
      for (String stage : Review.union(now.keySet(), then.keySet())) {
        List<String> lines =
            lines(
                then.getOrDefault(stage, MissingNode.getInstance()),
                now.getOrDefault(stage, MissingNode.getInstance()));
        if (!lines.isEmpty()) {
          changes.merge(
              proxy + lines,
              new ProxyChange(proxy, List.of(stage), lines),
              (one, more) ->
                  new ProxyChange(
                      proxy,
                      Stream.concat(one.stages().stream(), more.stages().stream()).toList(),
                      lines));
        }
      }
    }
    return List.copyOf(changes.values());
  }

  private static List<String> lines(JsonNode before, JsonNode after) {
    if (before.isMissingNode()) {
      return List.of("the proxy is new");
    }
    if (after.isMissingNode()) {
      return List.of("the proxy is gone");
    }
    List<String> lines = new ArrayList<>();
    compare("", before, after, lines);
    return lines;
  }

  /** A line for each place that differs; what is all new or all gone is one place. */
  private static void compare(String place, JsonNode before, JsonNode after, List<String> lines) {
    if (before.equals(after)) {
      return;
    }
    Map<String, JsonNode> then = members(before);
    Map<String, JsonNode> now = members(after);
    if (then.isEmpty() || now.isEmpty()) {
      lines.add("%s: %s → %s".formatted(place, value(before), value(after)));
      return;
    }
    for (String name : Review.union(then.keySet(), now.keySet())) {
      compare(
          place + "/" + name,
          then.getOrDefault(name, MissingNode.getInstance()),
          now.getOrDefault(name, MissingNode.getInstance()),
          lines);
    }
  }

  /** By name; a member of a list that has none, by its place. */
  private static Map<String, JsonNode> members(JsonNode node) {
    Map<String, JsonNode> members = new TreeMap<>();
    node.properties().forEach(e -> members.put(e.getKey(), e.getValue()));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      JsonNode member = node.get(i);
      JsonNode name = member.path(member.has("name") ? "name" : "cluster_name");
      members.put(name.asText(Integer.toString(i)), member);
    }
    return members;
  }

  private static String value(JsonNode node) {
    return node.isMissingNode() ? "unset" : node.isContainerNode() ? "all of it" : node.toString();
  }

  private static JsonNode json(ProxyResources resources) {
    try {
      return JSON.readTree(resources.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Envoy resources are not JSON", e);
    }
  }
}
