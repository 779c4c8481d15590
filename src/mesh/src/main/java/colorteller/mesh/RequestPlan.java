package colorteller.mesh;

import static java.util.Comparator.comparingInt;

import colorteller.mesh.RouteTable.Entry;
import colorteller.mesh.RouteTable.Way;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Requests that try what a mesh routes: for every route one that it takes, and the nearest that it
 * does not take. Each was put to the route table; a route that takes nothing has none.
 *
 * @param mesh the mesh
 */
record RequestPlan(Mesh mesh) {

  /**
   * A route to try, and where from.
   *
   * @param gatewayRoute the gateway's route, where a client sends
   * @param route the router's route, where there is a router
   * @param start the plainest request there
   */
  private record Trial(
      Sender sender,
      Optional<GatewayRoute> gatewayRoute,
      Optional<VirtualRouter.Route> route,
      Call start) {

    boolean isTakenBy(Way way) {
      return way.gatewayRoute().equals(gatewayRoute)
          && (route.isEmpty() || way.route().equals(route));
    }

    List<Entry> routes() {
      return Stream.<Optional<? extends Entry>>of(route, gatewayRoute)
          .flatMap(Optional::stream)
          .map(Entry.class::cast)
          .toList();
    }

    /**
     * What the request must be. Of the host that a client asks for, a router's route knows nothing.
     */
    List<RouteMatch> matches() {
      Stream<RouteMatch> behind =
          route.stream()
              .map(Entry::match)
              .map(match -> gatewayRoute.isPresent() ? match.withoutHost() : match);
      return Stream.concat(behind, gatewayRoute.stream().map(Entry::match)).toList();
    }
  }

  /** Requests that routes take: of clients in the order of the virtual services, then of nodes. */
  List<Request> hits() {
    return trials().flatMap(trial -> hit(trial).stream()).distinct().toList();
  }

  /** Requests of which each is the nearest that a route does not take. */
  List<Request> misses() {
    return trials()
        .flatMap(trial -> hit(trial).flatMap(hit -> miss(trial, hit.call())).stream())
        .collect(
            LinkedHashMap<List<Object>, Request>::new,
            (all, miss) -> all.putIfAbsent(List.of(miss.sender(), miss.call()), miss),
            Map::putAll)
        .values()
        .stream()
        .toList();
  }

  private Stream<Trial> trials() {
    return Stream.concat(
        mesh.gateways().values().stream().flatMap(this::ofGateway),
        mesh.nodes().values().stream().flatMap(this::ofNode));
  }

  private Stream<Trial> ofGateway(VirtualGateway gateway) {
    List<String> order = List.copyOf(mesh.services().keySet());
    return gateway.listeners().stream()
        .flatMap(
            listener ->
                gateway.routes().stream()
                    .filter(route -> route.protocol() == listener.protocol())
                    .filter(route -> route.match().isFor(listener.port()))
                    .sorted(comparingInt(route -> order.indexOf(route.virtualService())))
                    .flatMap(
                        route ->
                            behind(route)
                                .map(
                                    next ->
                                        new Trial(
                                            new Sender.Client(gateway, listener),
                                            Optional.of(route),
                                            next,
                                            Call.of(
                                                listener.protocol(),
                                                listener.port(),
                                                gateway.name(),
                                                "/")))));
  }

  /** The routes behind a gateway route, or none once. */
  private Stream<Optional<VirtualRouter.Route>> behind(GatewayRoute route) {
    List<Optional<VirtualRouter.Route>> routes =
        router(route.virtualService()).stream()
            .flatMap(router -> router.routes().stream())
            .map(Optional::of)
            .toList();
    return routes.isEmpty() ? Stream.of(Optional.empty()) : routes.stream();
  }

  private Stream<Trial> ofNode(VirtualNode node) {
    return node.backends().stream()
        .map(Backend::virtualService)
        .flatMap(
            service ->
                router(service)
                    .map(
                        router ->
                            router.listeners().stream()
                                .flatMap(
                                    listener ->
                                        router.routes().stream()
                                            .filter(r -> r.protocol() == listener.protocol())
                                            .map(
                                                route ->
                                                    trial(
                                                        node,
                                                        service,
                                                        listener.protocol(),
                                                        listener.port(),
                                                        Optional.of(route)))))
                    .orElseGet(
                        () ->
                            provider(service)
                                .flatMap(provider -> provider.listeners().stream())
                                .map(
                                    listener ->
                                        trial(
                                            node,
                                            service,
                                            listener.protocol(),
                                            listener.port(),
                                            Optional.empty()))));
  }

  private static Trial trial(
      VirtualNode node,
      String service,
      Protocol protocol,
      int port,
      Optional<VirtualRouter.Route> route) {
    return new Trial(
        new Sender.Node(node), Optional.empty(), route, Call.of(protocol, port, service, "/"));
  }

  private Optional<VirtualRouter> router(String service) {
    return Optional.ofNullable(mesh.services().get(service))
        .flatMap(VirtualService::provider)
        .filter(VirtualService.Provider.Router.class::isInstance)
        .map(provider -> mesh.routers().get(((VirtualService.Provider.Router) provider).name()));
  }

  private Stream<VirtualNode> provider(String service) {
    return Optional.ofNullable(mesh.services().get(service))
        .flatMap(VirtualService::provider)
        .filter(VirtualService.Provider.Node.class::isInstance)
        .map(provider -> mesh.nodes().get(((VirtualService.Provider.Node) provider).name()))
        .stream();
  }

  private Optional<Request> hit(Trial trial) {
    return calls(trial)
        .map(call -> request(trial, call, Optional.empty()))
        .filter(request -> trial.isTakenBy(request.way()))
        .findFirst();
  }

  private Request request(Trial trial, Call call, Optional<String> misses) {
    return new Request(trial.sender(), call, mesh.routes().way(trial.sender(), call), misses);
  }

  /** Requests that a trial's routes might take. */
  private static Stream<Call> calls(Trial trial) {
    if (!trial.start().protocol().hasRequests()) {
      return Stream.of(trial.start());
    }
    Call dressed = trial.start();
    for (RouteMatch match : trial.matches()) {
      dressed = dressed(dressed, match, trial.matches());
    }
    if (dressed.method().equals(Call.CONNECT)) {
      return Stream.empty();
    }
    Call start = dressed;
    String query = start.query();
    return paths(trial).stream().distinct().map(path -> start.withPath(path + query));
  }

  /** A call with what a match asks for beside the path. */
  private static Call dressed(Call call, RouteMatch match, List<RouteMatch> all) {
    Call result = call;
    if (match.method().isPresent()) {
      result = result.withMethod(match.method().get());
    }
    if (match.scheme().isPresent()) {
      result = result.withScheme(match.scheme().get());
    }
    if (match.hostname().isPresent()) {
      result = result.withHost(Samples.of(match.hostname().get()));
    }
    for (HeaderMatch header : match.headers()) {
      Call before = result;
      if (Matching.whyNot(header, before).isEmpty()) {
        continue;
      }
      result =
          Samples.of(header).stream()
              .map(value -> before.withHeader(header.name(), value))
              .filter(
                  tried ->
                      all.stream()
                          .flatMap(other -> other.headers().stream())
                          .filter(other -> other.name().equalsIgnoreCase(header.name()))
                          .allMatch(other -> Matching.whyNot(other, tried).isEmpty()))
              .findFirst()
              .orElse(before);
    }
    for (QueryMatch parameter : match.queryParameters()) {
      Call before = result;
      if (before.queryParameter(parameter.name()).isEmpty()) {
        result =
            Samples.of(parameter)
                .map(value -> before.withQueryParameter(parameter.name(), Optional.of(value)))
                .findFirst()
                .orElse(before);
      }
    }
    return result;
  }

  /** Paths that might pass the gateway's route and be taken by the router's. */
  private static List<String> paths(Trial trial) {
    List<String> behind =
        trial
            .route()
            .map(route -> Samples.of(route.match().path()))
            .orElseGet(
                () ->
                    trial.start().protocol() == Protocol.GRPC
                        ? Samples.of(new PathMatch.Grpc(Optional.empty(), Optional.empty()))
                        : List.of("/"));
    if (trial.gatewayRoute().isEmpty()) {
      return behind;
    }
    GatewayRoute first = trial.gatewayRoute().get();
    List<String> own = Samples.of(first.match().path());
    List<String> paths = new ArrayList<>();
    behind.forEach(path -> first.before(path).ifPresent(paths::add));
    if (trial.route().isEmpty()) {
      paths.clear();
    }
    paths.addAll(own);
    for (String prefix : own) {
      behind.forEach(path -> paths.add(prefix + path));
      behind.forEach(path -> paths.add(prefix + path.substring(1)));
    }
    return paths;
  }

  /** The nearest request that the last of a trial's routes does not take, or the first. */
  private Optional<Request> miss(Trial trial, Call hit) {
    return trial.routes().stream()
        .flatMap(
            route ->
                others(hit, route.match())
                    .map(call -> request(trial, call, Optional.of(route.name())))
                    .filter(request -> !trial.isTakenBy(request.way())))
        .findFirst();
  }

  /** Requests that differ from one in what a match asks for, in one thing each. */
  private static Stream<Call> others(Call call, RouteMatch match) {
    if (!call.protocol().hasRequests()) {
      return Stream.empty();
    }
    return Stream.of(
            match.headers().stream()
                .flatMap(
                    header ->
                        Samples.not(header).stream()
                            .map(value -> call.withHeader(header.name(), value))),
            match.queryParameters().stream()
                .flatMap(
                    parameter ->
                        parameter.exactly().isPresent()
                            ? Stream.of(
                                call.withQueryParameter(parameter.name(), Optional.of("other")))
                            : Stream.of(
                                call.withQueryParameter(parameter.name(), Optional.empty()))),
            match.method().stream()
                .map(method -> call.withMethod(method.equals("GET") ? "POST" : "GET")),
            match.hostname().stream().map(host -> call.withHost("other.example")),
            otherPaths(call, match.path()).map(path -> call.withPath(path + call.query())))
        .flatMap(calls -> calls);
  }

  private static Stream<String> otherPaths(Call call, PathMatch match) {
    String path = call.pathWithoutQuery();
    if (match instanceof PathMatch.Prefix prefix) {
      String stripped = prefix.prefix().replaceAll("/+$", "");
      // The path may be longer than the prefix before it by what the gateway takes away.
      int begin = path.lastIndexOf(stripped);
      int end = begin + stripped.length() - 1;
      return stripped.length() < 2 || begin < 0 || end < 1
          ? Stream.empty()
          : Stream.of(path.substring(0, end));
    }
    if (match instanceof PathMatch.Grpc) {
      int slash = path.lastIndexOf('/');
      return Stream.of(path + "Other", path.substring(0, slash) + "Other" + path.substring(slash));
    }
    return Stream.of(path + "-other", path + "/other");
  }
}
