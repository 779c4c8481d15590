package colorteller.review.requests;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;

import colorteller.controlplane.Instance;
import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.controlplane.UntranslatableMesh;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import colorteller.review.template.CannotTell;
import colorteller.review.template.ChangedTemplate;
import colorteller.review.template.Difference;
import colorteller.review.template.TemplateSet;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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
    Map<MeshStack, RequestPath> meshes, Map<Proxy, Map<String, ProxyResources>> proxies) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Outcome NO_MESH = new Outcome("nothing", "There is no such mesh any more.");

  /** A mesh in one stage. */
  record MeshStack(Backend backend, String stack, String variant, String stage) {}

  /** An Envoy, by its id. */
  record Proxy(Backend backend, String id) implements Comparable<Proxy> {

    @Override
    public int compareTo(Proxy other) {
      return Comparator.comparing(Proxy::backend).thenComparing(Proxy::id).compare(this, other);
    }
  }

  /** One cell of the stage matrix. */
  record Cell(MeshStack mesh, String path, IpFamily via) {

    @Override
    public String toString() {
      return "%s%s %s %s via %s".formatted(mesh.variant(), mesh.backend(), mesh.stage(), path, via);
    }

    Cell of(Backend backend) {
      return new Cell(
          new MeshStack(backend, mesh.stack(), mesh.variant(), mesh.stage()), path, via);
    }
  }

  /**
   * Of the meshes that a change may concern: one of the templates that they need is changed.
   *
   * @throws colorteller.review.template.CannotTell if one cannot be read
   */
  public static Behaviour of(TemplateSet templates, List<ChangedTemplate> changed) {
    Map<MeshStack, RequestPath> meshes = new LinkedHashMap<>();
    Map<Proxy, Map<String, ProxyResources>> proxies = new TreeMap<>();
    templates
        .entries()
        .forEach(
            (stage, stacks) ->
                stacks.forEach(
                    (stack, entry) ->
                        VariantStacks.ofMesh(templates, stage, stack).stream()
                            .filter(of -> of.areConcerned(stage, changed))
                            .forEach(
                                of -> {
                                  RequestPath path = of.path(templates, stage, entry.file());
                                  meshes.put(
                                      new MeshStack(of.backend(), stack, of.variant(), stage),
                                      path);
                                  proxies(path, of.backend())
                                      .forEach(
                                          (id, resources) ->
                                              proxies
                                                  .computeIfAbsent(
                                                      new Proxy(of.backend(), id.toString()),
                                                      i -> new TreeMap<>())
                                                  .put(stage, resources));
                                })));
    return new Behaviour(meshes, proxies);
  }

  /** The Envoy resources of every proxy of a mesh; an instance's address is its service's name. */
  private static Map<ProxyId, ProxyResources> proxies(RequestPath path, Backend backend) {
    try {
      return new Translator(
              path.mesh(),
              backend.placement(path.mesh()),
              Instance.ofEachNode(
                  path.mesh(),
                  node -> path.workload(node).map(Workload::discovery).orElse(Set.of()),
                  (node, family) -> "%s address of %s".formatted(family, service(node))))
          .proxies();
    } catch (UntranslatableMesh e) {
      throw new CannotTell(
          "%s%s: %s".formatted(path.mesh().name(), backend, String.valueOf(e.getMessage())));
    }
  }

  private static String service(VirtualNode node) {
    return ((CloudMap) node.serviceDiscovery().orElseThrow()).serviceName();
  }

  /** What a request gave there, and gives here. */
  private record Outcomes(Cell cell, Outcome before, Outcome after) {

    boolean areUnknown() {
      return before.word().equals(Outcome.UNKNOWN) && after.word().equals(Outcome.UNKNOWN);
    }

    Outcomes of(Backend backend) {
      return new Outcomes(cell.of(backend), before, after);
    }

    RequestChange change() {
      return new RequestChange(
          cell.mesh().backend(),
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
    Set<Outcomes> each =
        cells(other).stream()
            .map(cell -> new Outcomes(cell, other.outcome(cell), outcome(cell)))
            .collect(toCollection(LinkedHashSet::new));
    // What is so whatever tells the Envoys what to do, is said once.
    List<Outcomes> all =
        each.stream()
            .filter(
                request ->
                    request.cell().mesh().backend() == Backend.appmesh
                        || !each.contains(request.of(Backend.appmesh)))
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
    for (Proxy proxy : TemplateSet.union(proxies.keySet(), other.proxies.keySet())) {
      Map<String, List<String>> differences = differences(other, proxy);
      if (proxy.backend() != Backend.appmesh) {
        // Ports differ, and whoever is told something else by App Mesh is told it here as well.
        differences
            .keySet()
            .removeAll(differences(other, new Proxy(Backend.appmesh, proxy.id())).keySet());
      }
      Map<List<String>, List<String>> stages = new LinkedHashMap<>();
      differences.forEach(
          (stage, lines) -> stages.computeIfAbsent(lines, l -> new ArrayList<>()).add(stage));
      stages.forEach(
          (lines, in) ->
              changes.add(new ProxyChange(proxy.backend(), List.of(proxy.id()), in, lines)));
    }
    return List.copyOf(
        changes.stream()
            .collect(
                toMap(
                    change -> List.of(change.backend(), change.stages(), change.differences()),
                    change -> change,
                    (one, more) ->
                        new ProxyChange(
                            one.backend(),
                            Stream.concat(one.proxies().stream(), more.proxies().stream()).toList(),
                            one.stages(),
                            one.differences()),
                    LinkedHashMap::new))
            .values());
  }

  /** What a proxy is told that it is not told there, by stage; only stages where it is. */
  private Map<String, List<String>> differences(Behaviour other, Proxy proxy) {
    Map<String, ProxyResources> now = proxies.getOrDefault(proxy, Map.of());
    Map<String, ProxyResources> then = other.proxies.getOrDefault(proxy, Map.of());
    Map<String, List<String>> differences = new LinkedHashMap<>();
    for (String stage : TemplateSet.union(now.keySet(), then.keySet())) {
      List<String> lines = lines(then.get(stage), now.get(stage));
      if (!lines.isEmpty()) {
        differences.put(stage, lines);
      }
    }
    return differences;
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
