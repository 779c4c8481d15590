package colorteller.cli.review;

import colorteller.cli.config.ProxiesOnAws;
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
 * @param proxies by proxy, then by stage, a value for each JSON pointer
 */
record Behaviour(
    Map<Cell, RouteResult> cells, Map<String, Map<String, Map<String, String>>> proxies) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern MESH_STACK = Pattern.compile("(.*)-(dns|cloud)-mesh");
  private static final String NOTHING = "nothing";

  /** One cell of the stage matrix. */
  record Cell(String variant, String stage, String path, IpFamily via) {}

  static Behaviour of(TemplateSet templates) {
    Map<Cell, RouteResult> cells = new LinkedHashMap<>();
    Map<String, Map<String, Map<String, String>>> proxies = new TreeMap<>();
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
      Map<String, Map<String, Map<String, String>>> proxies) {
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
                  proxies
                      .computeIfAbsent(id, i -> new TreeMap<>())
                      .put(stage, flattened(resources.toJson())));
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
      Map<String, Map<String, String>> now = proxies.getOrDefault(proxy, Map.of());
      Map<String, Map<String, String>> then = other.proxies.getOrDefault(proxy, Map.of());
      for (String stage : Review.union(now.keySet(), then.keySet())) {
        List<String> lines =
            lines(then.getOrDefault(stage, Map.of()), now.getOrDefault(stage, Map.of()));
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

  private static List<String> lines(Map<String, String> before, Map<String, String> after) {
    if (before.isEmpty()) {
      return List.of("the proxy is new");
    }
    if (after.isEmpty()) {
      return List.of("the proxy is gone");
    }
    List<String> lines = new ArrayList<>();
    for (String pointer : Review.union(before.keySet(), after.keySet())) {
      String then = before.getOrDefault(pointer, NOTHING);
      String now = after.getOrDefault(pointer, NOTHING);
      if (!then.equals(now)) {
        lines.add("%s: %s → %s".formatted(pointer, then, now));
      }
    }
    return lines;
  }

  /** A value for each place, a named member of a list by its name. */
  private static Map<String, String> flattened(String json) {
    Map<String, String> values = new TreeMap<>();
    try {
      flatten("", JSON.readTree(json), values);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Envoy resources are not JSON", e);
    }
    return values;
  }

  private static void flatten(String pointer, JsonNode node, Map<String, String> values) {
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        JsonNode name = node.get(i).path(node.get(i).has("name") ? "name" : "cluster_name");
        flatten(pointer + "/" + name.asText(Integer.toString(i)), node.get(i), values);
      }
    } else if (node.isObject()) {
      node.properties().forEach(e -> flatten(pointer + "/" + e.getKey(), e.getValue(), values));
    } else {
      values.put(pointer, node.toString());
    }
  }
}
