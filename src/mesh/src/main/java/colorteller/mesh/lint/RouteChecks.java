package colorteller.mesh.lint;

import colorteller.mesh.Backend;
import colorteller.mesh.GatewayRoute;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.PathMatch;
import colorteller.mesh.Protocol;
import colorteller.mesh.RetryPolicy;
import colorteller.mesh.RouteTable.Entry;
import colorteller.mesh.Timeouts;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter;
import colorteller.mesh.VirtualRouter.PortMapping;
import colorteller.mesh.WeightedTarget;
import colorteller.mesh.lint.Linted.Placed;
import colorteller.mesh.template.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What is wrong with routes, routers and virtual services. */
final class RouteChecks {

  /** "Reserved for future App Mesh internal use". */
  private static final List<String> RESERVED_PATHS = List.of("/aws-appmesh", "/aws-app-mesh");

  private static final List<String> RESERVED_SERVICES = List.of("aws.appmesh", "aws.app-mesh");

  private static final int MOST_WEIGHT = 100;

  private RouteChecks() {}

  static Stream<Found> reservedPath(Linted linted) {
    return linted
        .gatewayRoutes()
        .flatMap(
            placed ->
                reserved(placed.route().match().path())
                    .map(reason -> new Found(placed.kind().child("Match"), reason)));
  }

  private static Stream<String> reserved(PathMatch path) {
    if (path instanceof PathMatch.Grpc grpc) {
      return RESERVED_SERVICES.stream()
          .filter(name -> grpc.service().orElse("").startsWith(name))
          .map("gRPC services whose names begin with %s are App Mesh's own."::formatted);
    }
    String text =
        path instanceof PathMatch.Prefix prefix
            ? prefix.prefix()
            : path instanceof PathMatch.Exact exact ? exact.path() : "";
    return RESERVED_PATHS.stream()
        .filter(text::startsWith)
        .map("Paths that begin with %s are App Mesh's own."::formatted);
  }

  static Stream<Found> routeProtocol(Linted linted) {
    return Stream.concat(
        linted
            .gatewayRoutes()
            .flatMap(
                placed ->
                    protocol(
                        placed,
                        "virtual gateway",
                        Objects.requireNonNull(linted.mesh().gateways().get(placed.parent()))
                            .listeners()
                            .stream()
                            .map(Listener::protocol)
                            .toList())),
        linted
            .routes()
            .flatMap(
                placed ->
                    protocol(
                        placed,
                        "virtual router",
                        Objects.requireNonNull(linted.mesh().routers().get(placed.parent()))
                            .listeners()
                            .stream()
                            .map(PortMapping::protocol)
                            .toList())));
  }

  private static Stream<Found> protocol(
      Placed<? extends Entry> placed, String parent, List<Protocol> listeners) {
    return listeners.contains(placed.route().protocol())
        ? Stream.empty()
        : Stream.of(
            new Found(
                placed.kind(),
                "The route is for %s, but %s %s listens for %s only."
                    .formatted(
                        placed.route().protocol().word(),
                        parent,
                        placed.parent(),
                        String.join(
                            ", ", listeners.stream().map(Protocol::word).distinct().toList()))));
  }

  static Stream<Found> targetProtocol(Linted linted) {
    return linted
        .routes()
        .flatMap(
            placed ->
                placed.route().targets().stream()
                    .flatMap(
                        target ->
                            Optional.ofNullable(linted.mesh().nodes().get(target.node()))
                                .flatMap(node -> node.listener(target.port()))
                                .filter(l -> l.protocol() != placed.route().protocol())
                                .map(
                                    listener ->
                                        new Found(
                                            placed.kind().child("Action"),
                                            "The route is for %s, but %s listens for %s at port %d."
                                                .formatted(
                                                    placed.route().protocol().word(),
                                                    target.node(),
                                                    listener.protocol().word(),
                                                    listener.port())))
                                .stream()));
  }

  /** "Route must define a port match criteria if the Virtual Router has multiple listeners". */
  static Stream<Found> ambiguousPort(Linted linted) {
    Mesh mesh = linted.mesh();
    Stream<Found> matches =
        linted
            .routes()
            .filter(placed -> placed.route().match().port().isEmpty())
            .filter(
                placed ->
                    Objects.requireNonNull(mesh.routers().get(placed.parent())).listeners().size()
                        > 1)
            .map(
                placed ->
                    new Found(
                        placed.kind().child("Match"),
                        "%s listens at several ports, and the route matches none of them."
                            .formatted(placed.parent())));
    Stream<Found> nodes =
        linted
            .routes()
            .flatMap(
                placed ->
                    placed.route().targets().stream()
                        .filter(target -> target.port().isEmpty())
                        .map(target -> mesh.nodes().get(target.node()))
                        .filter(node -> node != null && node.listeners().size() > 1)
                        .map(node -> severalPorts(placed.kind(), node.name())));
    Stream<Found> services =
        linted
            .gatewayRoutes()
            .filter(placed -> placed.route().port().isEmpty())
            .flatMap(
                placed ->
                    Stream.ofNullable(mesh.services().get(placed.route().virtualService()))
                        .filter(service -> mesh.routes().ports(service).size() > 1)
                        .map(service -> severalPorts(placed.kind(), service.name())));
    return Stream.of(matches, nodes, services).flatMap(found -> found);
  }

  private static Found severalPorts(Place kind, String target) {
    return new Found(
        kind.child("Action"),
        "%s listens at several ports, and the target names none of them.".formatted(target));
  }

  static Stream<Found> weightsOver100(Linted linted) {
    return linted
        .routes()
        .flatMap(
            placed ->
                Stream.of(placed.route().targets().stream().mapToInt(WeightedTarget::weight).sum())
                    .filter(sum -> sum > MOST_WEIGHT)
                    .map(
                        sum ->
                            new Found(
                                placed.kind().child("Action").child("WeightedTargets"),
                                "The sum of the weights is %d, and may be %d at most."
                                    .formatted(sum, MOST_WEIGHT))));
  }

  /** "Specify at least one value for at least one of the types of RetryEvents". */
  static Stream<Found> retryWithoutEvents(Linted linted) {
    return linted
        .routes()
        .filter(placed -> placed.route().retries().filter(r -> r.events().isEmpty()).isPresent())
        .map(
            placed ->
                new Found(
                    placed.kind().child("RetryPolicy"),
                    "It does not say after what a request is sent again."));
  }

  static Stream<Found> weightsAllZero(Linted linted) {
    return linted
        .routes()
        .filter(placed -> placed.route().targets().stream().allMatch(t -> t.weight() == 0))
        .map(
            placed ->
                new Found(
                    placed.kind().child("Action").child("WeightedTargets"),
                    "Every weight is 0, so nobody gets what the route takes."));
  }

  /** Where the mesh itself is elsewhere, so are others of its services. */
  static Stream<Found> unknownBackend(Linted linted) {
    if (linted.mesh().isElsewhere()) {
      return Stream.empty();
    }
    return linted.mesh().nodes().values().stream()
        .flatMap(
            node ->
                node.backends().stream()
                    .map(Backend::virtualService)
                    .filter(service -> !linted.mesh().services().containsKey(service))
                    .map(
                        service ->
                            new Found(
                                linted
                                    .place("VirtualNode", node.name())
                                    .child("Spec")
                                    .child("Backends"),
                                "The templates have no virtual service %s, so nothing that is sent to it arrives."
                                    .formatted(service))));
  }

  static Stream<Found> noProvider(Linted linted) {
    Stream<String> used =
        Stream.concat(
            linted.gatewayRoutes().map(Placed::route).map(GatewayRoute::virtualService),
            linted.mesh().nodes().values().stream()
                .flatMap(node -> node.backends().stream())
                .map(backend -> backend.virtualService()));
    return used.distinct()
        .flatMap(name -> Stream.ofNullable(linted.mesh().services().get(name)))
        .filter(service -> service.provider().isEmpty())
        .map(
            service ->
                new Found(
                    linted.place("VirtualService", service.name()),
                    "Requests are sent to it, and nothing provides it."));
  }

  /** A connection does not say for whom it is, as a request does by its host. */
  static Stream<Found> tcpBackendsAtOnePort(Linted linted) {
    List<Found> found = new ArrayList<>();
    for (VirtualNode node : linted.mesh().nodes().values()) {
      Map<Integer, String> first = new LinkedHashMap<>();
      for (Backend backend : node.backends()) {
        String service = backend.virtualService();
        for (int port : tcpPorts(linted.mesh(), service)) {
          String before = first.putIfAbsent(port, service);
          if (before != null) {
            found.add(
                new Found(
                    linted.place("VirtualNode", node.name()).child("Spec").child("Backends"),
                    "%s and %s are both at port %d by tcp: %s gets every connection to it."
                        .formatted(before, service, port, before)));
          }
        }
      }
    }
    return found.stream();
  }

  private static List<Integer> tcpPorts(Mesh mesh, String service) {
    return Stream.ofNullable(mesh.services().get(service))
        .flatMap(known -> mesh.routes().ports(known).stream())
        .filter(port -> port.protocol() == Protocol.TCP)
        .map(PortMapping::port)
        .toList();
  }

  static Stream<Found> routerWithoutRoutes(Linted linted) {
    return linted.mesh().routers().values().stream()
        .filter(router -> router.routes().isEmpty())
        .map(
            router ->
                new Found(
                    linted.place("VirtualRouter", router.name()),
                    "It has no route, so whatever comes to it ends here."));
  }

  static Stream<Found> retryLongerThanLimit(Linted linted) {
    return linted
        .routes()
        .flatMap(
            placed ->
                placed.route().retries().stream()
                    .flatMap(
                        retries ->
                            tooLong(placed, retries, perRequest(placed.route().timeouts()))));
  }

  // The target's listener has a time-out, too, but that ends one try and not the request.
  private static Stream<Found> tooLong(
      Placed<VirtualRouter.Route> placed, RetryPolicy retries, Duration limit) {
    Duration each = retries.perRetryTimeout();
    if (each.isZero() || limit.isZero() || retries.maxRetries() == 0) {
      return Stream.empty();
    }
    long fit = Math.max(1, (limit.toMillis() + each.toMillis() - 1) / each.toMillis());
    return fit > retries.maxRetries()
        ? Stream.empty()
        : Stream.of(
            new Found(
                placed.kind().child("RetryPolicy"),
                "A request may take %s, and each of its %d tries %s: only %d can begin when they take that long."
                    .formatted(words(limit), retries.maxRetries() + 1, words(each), fit)));
  }

  private static Duration perRequest(Timeouts timeouts) {
    return timeouts.perRequest().orElse(Timeouts.DEFAULT_PER_REQUEST);
  }

  static Stream<Found> listenerLimit(Linted linted) {
    return linted
        .routes()
        .filter(placed -> placed.route().protocol().hasRequests())
        .filter(placed -> placed.route().timeouts().perRequest().isPresent())
        .flatMap(
            placed -> {
              Duration own = perRequest(placed.route().timeouts());
              return linted
                  .targetListeners(placed.route())
                  .map(listener -> perRequest(listener.timeouts()))
                  .filter(limit -> !limit.isZero())
                  .filter(limit -> own.isZero() || own.compareTo(limit) > 0)
                  .distinct()
                  .map(
                      limit ->
                          new Found(
                              placed.kind().child("Timeout").child("PerRequest"),
                              "The route allows %s, but its target's listener ends a request after %s."
                                  .formatted(
                                      own.isZero() ? "any time" : words(own), words(limit))));
            });
  }

  private static String words(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
