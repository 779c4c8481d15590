package colorteller.mesh;

import static java.util.Comparator.comparingInt;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a mesh sends a request: through a route of its gateway to a virtual service, and from there
 * to a virtual node, by a route of the service's virtual router where it has one.
 *
 * @param mesh the mesh, whose names all refer to what it has
 */
public record RouteTable(Mesh mesh) {

  /** The priority of a route that has none: it comes after those that have one. */
  public static final int NO_PRIORITY = Integer.MAX_VALUE;

  /** A route of a gateway or of a router. */
  public sealed interface Entry permits GatewayRoute, VirtualRouter.Route {

    String name();

    RouteMatch match();

    int priority();
  }

  /**
   * The way of a request.
   *
   * @param route the gateway route that takes it
   * @param path its path behind that; its Host header is the route's virtual service
   * @param node where it ends, if a route leads to one
   */
  public record Way(GatewayRoute route, String path, Optional<VirtualNode> node) {}

  /** What a virtual service sends to a virtual node. */
  public record Branch(RouteMatch match, VirtualNode node) {}

  /** The way of a request to a gateway's path; empty if no gateway route takes it. */
  public Optional<Way> way(VirtualGateway gateway, String path) {
    return gateway.routes().stream()
        .filter(route -> takes(route.match(), path))
        .findFirst()
        .map(
            route -> {
              String behind = route.rewritten(path);
              return new Way(
                  route,
                  behind,
                  branches(service(route)).stream()
                      .filter(branch -> takes(branch.match(), behind))
                      .findFirst()
                      .map(Branch::node));
            });
  }

  private static boolean takes(RouteMatch match, String path) {
    if (match.path() instanceof PathMatch.Exact exact) {
      return path.equals(exact.path());
    }
    return match.path() instanceof PathMatch.Prefix prefix && path.startsWith(prefix.prefix());
  }

  /** Where a virtual service sends requests, in the order in which that is tried. */
  public List<Branch> branches(VirtualService service) {
    return service
        .provider()
        .map(
            provider ->
                provider instanceof VirtualService.Provider.Node node
                    ? Stream.ofNullable(mesh.nodes().get(node.name()))
                        .map(known -> new Branch(RouteMatch.EVERYTHING, known))
                        .toList()
                    : Stream.ofNullable(
                            mesh.routers().get(((VirtualService.Provider.Router) provider).name()))
                        .flatMap(router -> router.routes().stream())
                        .flatMap(
                            route ->
                                route.targets().stream()
                                    .flatMap(
                                        target ->
                                            Stream.ofNullable(mesh.nodes().get(target.node())))
                                    .limit(1)
                                    .map(node -> new Branch(route.match(), node)))
                        .toList())
        .orElse(List.of());
  }

  /** See {@link Mesh#requests}. */
  List<Request> requests() {
    List<String> order = List.copyOf(mesh.services().keySet());
    return mesh.gateways().values().stream()
        .flatMap(
            gateway ->
                gateway.routes().stream()
                    .sorted(comparingInt(route -> order.indexOf(route.virtualService())))
                    .flatMap(route -> paths(route).stream())
                    .map(path -> new Request(gateway, path, way(gateway, path).flatMap(Way::node))))
        .toList();
  }

  private List<String> paths(GatewayRoute route) {
    List<Branch> branches = branches(service(route));
    return branches.isEmpty()
        ? List.of(shortest(route.match()))
        : branches.stream()
            .map(branch -> before(shortest(route.match()), shortest(branch.match())))
            .distinct()
            .toList();
  }

  private static String shortest(RouteMatch match) {
    if (match.path() instanceof PathMatch.Exact exact) {
      return exact.path();
    }
    return match.path() instanceof PathMatch.Prefix prefix ? prefix.prefix() : "/";
  }

  /** A path that becomes the given one behind a gateway route of a prefix. */
  private static String before(String prefix, String path) {
    if (path.equals("/")) {
      return prefix;
    }
    return (prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix) + path;
  }

  private VirtualService service(GatewayRoute route) {
    return Objects.requireNonNullElseGet(
        mesh.services().get(route.virtualService()),
        () -> new VirtualService(route.virtualService(), Optional.empty()));
  }
}
