package colorteller.review.requests;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;

import colorteller.controlplane.AwsTask;
import colorteller.controlplane.Instance;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import colorteller.review.template.ChangedTemplate;
import colorteller.review.template.Difference;
import colorteller.review.template.TemplateSet;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the meshes of a set of templates do: what each request gives, and what each Envoy is told.
 *
 * @param meshes the way of a request through each mesh
 * @param proxies the Envoy resources, by proxy, then by stage
 */
public record Behaviour(
    Map<MeshStack, RequestPath> meshes, Map<String, Map<String, ProxyResources>> proxies) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Outcome NO_MESH = new Outcome("nothing", "There is no such mesh any more.");

  /** A mesh in one stage. */
  record MeshStack(String stack, String variant, String stage) {}

  /** One cell of the stage matrix. */
  record Cell(MeshStack mesh, String path, IpFamily via) {

    @Override
    public String toString() {
      return "%s %s %s via %s".formatted(mesh.variant(), mesh.stage(), path, via);
    }
  }

  /**
   * Of the meshes that a change may concern: one of the templates that they need is changed.
   *
   * @throws colorteller.review.template.CannotTell if one cannot be read
   */
  public static Behaviour of(TemplateSet templates, List<ChangedTemplate> changed) {
    Map<MeshStack, RequestPath> meshes = new LinkedHashMap<>();
    Map<String, Map<String, ProxyResources>> proxies = new TreeMap<>();
    templates
        .entries()
        .forEach(
            (stage, stacks) ->
                stacks.forEach(
                    (stack, entry) -> {
                      VariantStacks of = VariantStacks.ofMesh(stack).orElse(null);
                      if (of != null && of.areConcerned(stage, changed)) {
                        RequestPath path = of.path(templates, stage, entry.file());
                        meshes.put(new MeshStack(stack, of.variant(), stage), path);
                        proxies(path)
                            .forEach(
                                (id, resources) ->
                                    proxies
                                        .computeIfAbsent(id.toString(), i -> new TreeMap<>())
                                        .put(stage, resources));
                      }
                    }));
    return new Behaviour(meshes, proxies);
  }

  /** The Envoy resources of every proxy of a mesh; an instance's address is its service's name. */
  private static Map<ProxyId, ProxyResources> proxies(RequestPath path) {
    return new Translator(
            path.mesh(),
            new AwsTask(),
            Instance.ofEachNode(
                path.mesh(),
                node -> path.workload(node).map(Workload::discovery).orElse(Set.of()),
                (node, family) -> "%s address of %s".formatted(family, service(node))))
        .proxies();
  }

  private static String service(VirtualNode node) {
    return ((CloudMap) node.serviceDiscovery().orElseThrow()).serviceName();
  }

  /** What a request gave there, and gives here. */
  private record Outcomes(Cell cell, Outcome before, Outcome after) {

    boolean areUnknown() {
      return before.word().equals(Outcome.UNKNOWN) && after.word().equals(Outcome.UNKNOWN);
    }

    RequestChange change() {
      return new RequestChange(
          cell.mesh().stack(),
          cell.mesh().variant(),
          cell.mesh().stage(),
          cell.path(),
          cell.via().toString(),
          before.word(),
          after.word(),
          after.why());
    }
  }

  /** What requests give, against what they gave there. */
  public ComparedRequests requestsAgainst(Behaviour other) {
    List<Outcomes> all =
        cells(other).stream()
            .map(cell -> new Outcomes(cell, other.outcome(cell), outcome(cell)))
            .toList();
    List<RequestChange> changes =
        all.stream()
            .filter(request -> !request.before().word().equals(request.after().word()))
            .map(Outcomes::change)
            .toList();
    List<String> unknown =
        all.stream()
            .filter(Outcomes::areUnknown)
            .collect(
                groupingBy(
                    request -> request.after().why(),
                    LinkedHashMap::new,
                    mapping(request -> request.cell().toString(), toList())))
            .entrySet()
            .stream()
            .map(e -> Cautions.shortly(e.getValue()) + ": " + e.getKey())
            .toList();
    return new ComparedRequests(changes, unknown);
  }

  /** A route of one side may catch what the other side has a route of its own for. */
  private Set<Cell> cells(Behaviour other) {
    Set<Cell> cells = new LinkedHashSet<>();
    for (MeshStack mesh : all(other.meshes.keySet(), meshes.keySet())) {
      for (String path : all(other.paths(mesh), paths(mesh))) {
        for (IpFamily via : IpFamily.values()) {
          cells.add(new Cell(mesh, path, via));
        }
      }
    }
    return cells;
  }

  private static <T> Set<T> all(Collection<T> one, Collection<T> other) {
    Set<T> all = new LinkedHashSet<>(one);
    all.addAll(other);
    return all;
  }

  private List<String> paths(MeshStack stack) {
    RequestPath path = meshes.get(stack);
    return path == null
        ? List.of()
        : path.mesh().requests().stream()
            .filter(request -> request.gateway().isPresent())
            .map(Request::path)
            .toList();
  }

  private Outcome outcome(Cell cell) {
    @Nullable RequestPath path = meshes.get(cell.mesh());
    return path == null ? NO_MESH : path.of(cell.path(), cell.via());
  }

  /** The proxies that are told something else than there. */
  public List<ProxyChange> proxiesUnlike(Behaviour other) {
    List<ProxyChange> changes = new ArrayList<>();
    for (String proxy : TemplateSet.union(proxies.keySet(), other.proxies.keySet())) {
      Map<String, ProxyResources> now = proxies.getOrDefault(proxy, Map.of());
      Map<String, ProxyResources> then = other.proxies.getOrDefault(proxy, Map.of());
      Map<List<String>, List<String>> stages = new LinkedHashMap<>();
      for (String stage : TemplateSet.union(now.keySet(), then.keySet())) {
        List<String> lines = lines(then.get(stage), now.get(stage));
        if (!lines.isEmpty()) {
          stages.computeIfAbsent(lines, l -> new ArrayList<>()).add(stage);
        }
      }
      stages.forEach((lines, in) -> changes.add(new ProxyChange(List.of(proxy), in, lines)));
    }
    return List.copyOf(
        changes.stream()
            .collect(
                toMap(
                    change -> List.of(change.stages(), change.differences()),
                    change -> change,
                    (one, more) ->
                        new ProxyChange(
                            Stream.concat(one.proxies().stream(), more.proxies().stream()).toList(),
                            one.stages(),
                            one.differences()),
                    LinkedHashMap::new))
            .values());
  }

  private static List<String> lines(
      @Nullable ProxyResources before, @Nullable ProxyResources after) {
    if (before == null) {
      return List.of("the proxy is new");
    }
    if (after == null) {
      return List.of("the proxy is gone");
    }
    if (before.equals(after)) {
      return List.of();
    }
    return Difference.between(json(before), json(after)).stream().map(Difference::line).toList();
  }

  private static JsonNode json(ProxyResources resources) {
    try {
      return JSON.readTree(resources.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Envoy resources are not JSON", e);
    }
  }
}
