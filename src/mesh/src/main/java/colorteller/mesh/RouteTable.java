package colorteller.mesh;

import static java.util.Comparator.comparingInt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a mesh sends a request: through a route of its gateway, or straight from a node, to a
 * virtual service, and from there to one of some virtual nodes, by a route of the service's virtual
 * router where it has one.
 *
 * @param mesh the mesh
 */
public record RouteTable(Mesh mesh) {

  /** The priority of a route that has none: it comes after those that have one. */
  public static final int NO_PRIORITY = Integer.MAX_VALUE;

  /** A route of a gateway or of a router. */
  public sealed interface Entry permits GatewayRoute, VirtualRouter.Route {

    String name();

    Protocol protocol();

    RouteMatch match();

    int priority();
  }

  /**
   * A route that could have taken a call.
   *
   * @param route the route
   * @param whyNot why it did not, in words that follow "because"; empty if it did
   */
  public record Considered(Entry route, Optional<String> whyNot) {}

  /**
   * Who gets a share of what a route takes.
   *
   * @param node the node
   * @param listener the node's listener that it is sent to
   * @param weight the share, in proportion to the sum of all; more than 0
   */
  public record Target(VirtualNode node, Listener listener, int weight) {}

  /**
   * Who gets a share of what a route takes and is not in the templates: nobody here knows where.
   *
   * @param node the node's name
   * @param protocol what it is sent
   * @param port at which
   * @param weight the share, likewise
   */
  public record Elsewhere(String node, Protocol protocol, int port, int weight) {}

  /**
   * The way of a call.
   *
   * @param gatewayRoutes the gateway's routes in the order in which they are tried, up to the one
   *     that takes it; empty from a node
   * @param call as it is behind the gateway; its host is the virtual service
   * @param service the virtual service that it is for; empty if there is none
   * @param routes the router's routes, likewise; empty where there is no router
   * @param targets where it may end; empty if nowhere that is known
   * @param elsewhere where else, outside the templates
   * @param whyNowhere why it ends nowhere, in a sentence; empty text if it may end somewhere
   */
  public record Way(
      List<Considered> gatewayRoutes,
      Call call,
      Optional<VirtualService> service,
      List<Considered> routes,
      List<Target> targets,
      List<Elsewhere> elsewhere,
      String whyNowhere) {

    /** One that ends nowhere yet. */
    Way(
        List<Considered> gatewayRoutes,
        Call call,
        Optional<VirtualService> service,
        List<Considered> routes) {
      this(gatewayRoutes, call, service, routes, List.of(), List.of(), "");
    }

    public Optional<GatewayRoute> gatewayRoute() {
      return taking(gatewayRoutes).map(GatewayRoute.class::cast);
    }

    public Optional<VirtualRouter.Route> route() {
      return taking(routes).map(VirtualRouter.Route.class::cast);
    }

    private static Optional<Entry> taking(List<Considered> considered) {
      return considered.stream()
          .filter(one -> one.whyNot().isEmpty())
          .map(Considered::route)
          .findFirst();
    }

    /** The node that gets the most of those that are here; empty if none gets anything. */
    public Optional<VirtualNode> node() {
      return targets.stream().max(comparingInt(Target::weight)).map(Target::node);
    }

    /** The sum of all weights. */
    public int weights() {
      return targets.stream().mapToInt(Target::weight).sum()
          + elsewhere.stream().mapToInt(Elsewhere::weight).sum();
    }

    private Way nowhere(String why) {
      return new Way(gatewayRoutes, call, service, routes, List.of(), List.of(), why);
    }
  }

  /** The way of a call. */
  public Way way(Sender sender, Call call) {
    return sender instanceof Sender.Client client
        ? throughGateway(client, call.normalized())
        : fromNode(((Sender.Node) sender).node(), call.normalized());
  }

  private Way throughGateway(Sender.Client client, Call call) {
    List<Considered> considered = considered(client.gateway().routes(), call);
    Way way = new Way(considered, call, Optional.empty(), List.of());
    if (way.gatewayRoute().isEmpty()) {
      return way.nowhere("No route of %s takes it.".formatted(client.gateway().name()));
    }
    GatewayRoute route = way.gatewayRoute().get();
    VirtualService service = mesh.services().get(route.virtualService());
    String host = route.rewrite().host() ? route.virtualService() : call.host();
    String path = route.rewritten(call.pathWithoutQuery()) + call.query();
    Way behind =
        new Way(
            considered,
            call.to(call.protocol(), call.port(), host, path).normalized(),
            Optional.ofNullable(service),
            List.of());
    return service == null
        ? behind.nowhere(outside("Virtual service", route.virtualService()))
        : toProvider(behind, service, route.port());
  }

  private Way fromNode(VirtualNode node, Call call) {
    Way way = new Way(List.of(), call, Optional.empty(), List.of());
    Optional<Backend> backend =
        node.backends().stream().filter(b -> isFor(call, b.virtualService())).findFirst();
    if (backend.isEmpty()) {
      return way.nowhere(
          mesh.allowsExternalTraffic()
              ? "%s is no backend of %s; it leaves the mesh.".formatted(call.host(), node.name())
              : "%s is no backend of %s, and the mesh lets nothing else out."
                  .formatted(call.host(), node.name()));
    }
    VirtualService service = mesh.services().get(backend.get().virtualService());
    return service == null
        ? way.nowhere(outside("Virtual service", call.host()))
        : toProvider(
            new Way(List.of(), call, Optional.of(service), List.of()),
            service,
            Optional.of(call.port()));
  }

  /** A connection does not say for whom it is: the first service at its port gets it. */
  private boolean isFor(Call call, String service) {
    return call.protocol().hasRequests()
        ? service.equalsIgnoreCase(call.host())
        : Optional.ofNullable(mesh.services().get(service)).stream()
            .flatMap(known -> ports(known).stream())
            .anyMatch(port -> port.port() == call.port() && port.protocol() == call.protocol());
  }

  /** What becomes of a call to a virtual service at a port; its first one where none is said. */
  private Way toProvider(Way way, VirtualService service, Optional<Integer> port) {
    if (service.provider().isEmpty()) {
      return way.nowhere("Nothing provides the virtual service %s.".formatted(service.name()));
    }
    if (service.provider().get() instanceof VirtualService.Provider.Node provider) {
      if (!mesh.nodes().containsKey(provider.name())) {
        return way.nowhere(outside("Virtual node", provider.name()));
      }
      return toTargets(way, List.of(new WeightedTarget(provider.name(), 1, port)), port);
    }
    String name = ((VirtualService.Provider.Router) service.provider().get()).name();
    VirtualRouter router = mesh.routers().get(name);
    if (router == null) {
      return way.nowhere(outside("Virtual router", name));
    }
    Optional<VirtualRouter.PortMapping> listener =
        router.listeners().stream()
            .filter(l -> port.isEmpty() || port.get() == l.port())
            .findFirst();
    if (listener.isEmpty()) {
      return way.nowhere(
          "Virtual router %s has no listener at port %d.".formatted(name, port.orElseThrow()));
    }
    Call call =
        way.call()
            .to(
                listener.get().protocol(),
                listener.get().port(),
                way.call().host(),
                way.call().path());
    Way routed =
        new Way(
            way.gatewayRoutes(),
            call,
            way.service(),
            considered(router.routes(), asked(way, service, port, call)));
    return routed
        .route()
        .map(route -> toTargets(routed, route.targets(), Optional.empty()))
        .orElseGet(() -> routed.nowhere("No route of %s takes it.".formatted(name)));
  }

  /** As a router's routes see it: a gateway asks them for the virtual service in any case. */
  private static Call asked(Way way, VirtualService service, Optional<Integer> port, Call call) {
    return way.gatewayRoute().isEmpty()
        ? call
        : call.withHost(service.name() + port.map(number -> ":" + number).orElse(""));
  }

  private Way toTargets(Way way, List<WeightedTarget> shares, Optional<Integer> port) {
    List<Target> targets = new ArrayList<>();
    List<Elsewhere> elsewhere = new ArrayList<>();
    List<String> why = new ArrayList<>();
    for (WeightedTarget share : shares) {
      VirtualNode node = mesh.nodes().get(share.node());
      Optional<Listener> listener =
          node == null ? Optional.empty() : node.listener(share.port().or(() -> port));
      if (share.weight() == 0) {
        why.add("Virtual node %s has weight 0.".formatted(share.node()));
      } else if (node == null) {
        elsewhere.add(
            new Elsewhere(
                share.node(),
                way.call().protocol(),
                share.port().orElse(way.call().port()),
                share.weight()));
      } else if (listener.isEmpty()) {
        why.add("Virtual node %s has no listener for it.".formatted(share.node()));
      } else {
        targets.add(new Target(node, listener.get(), share.weight()));
      }
    }
    return targets.isEmpty() && elsewhere.isEmpty()
        ? way.nowhere(String.join(" ", why))
        : new Way(
            way.gatewayRoutes(), way.call(), way.service(), way.routes(), targets, elsewhere, "");
  }

  private static String outside(String what, String name) {
    return "%s %s is not in these templates.".formatted(what, name);
  }

  /** The routes for a call's protocol in their order, up to the one that takes it. */
  private static List<Considered> considered(List<? extends Entry> routes, Call call) {
    List<Considered> considered = new ArrayList<>();
    for (Entry route : routes) {
      Optional<String> whyNot =
          route.protocol() == call.protocol()
              ? Matching.whyNot(route.match(), call)
              : Optional.of(
                  "it is for %s, not %s"
                      .formatted(route.protocol().word(), call.protocol().word()));
      considered.add(new Considered(route, whyNot));
      if (whyNot.isEmpty()) {
        break;
      }
    }
    return considered;
  }

  /** All nodes behind a virtual service, each once. */
  public List<VirtualNode> nodes(VirtualService service) {
    Stream<String> names =
        service.provider().orElse(null) instanceof VirtualService.Provider.Node node
            ? Stream.of(node.name())
            : service.provider().stream()
                .map(provider -> ((VirtualService.Provider.Router) provider).name())
                .flatMap(name -> Stream.ofNullable(mesh.routers().get(name)))
                .flatMap(router -> router.routes().stream())
                .flatMap(route -> route.targets().stream())
                .map(WeightedTarget::node);
    return names.distinct().flatMap(name -> Stream.ofNullable(mesh.nodes().get(name))).toList();
  }

  /** At which ports a virtual service is asked for, and by what; none where it has no provider. */
  public List<VirtualRouter.PortMapping> ports(VirtualService service) {
    if (service.provider().orElse(null) instanceof VirtualService.Provider.Node node) {
      return Stream.ofNullable(mesh.nodes().get(node.name()))
          .flatMap(known -> known.listeners().stream())
          .map(listener -> new VirtualRouter.PortMapping(listener.port(), listener.protocol()))
          .toList();
    }
    return service.provider().stream()
        .flatMap(
            p -> Stream.ofNullable(mesh.routers().get(((VirtualService.Provider.Router) p).name())))
        .flatMap(router -> router.listeners().stream())
        .toList();
  }
}
