package colorteller.local;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.Call;
import colorteller.mesh.Fault;
import colorteller.mesh.GatewayRoute;
import colorteller.mesh.HeaderMatch;
import colorteller.mesh.HostnameMatch;
import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.PathMatch;
import colorteller.mesh.Protocol;
import colorteller.mesh.QueryMatch;
import colorteller.mesh.Request;
import colorteller.mesh.Rewrite;
import colorteller.mesh.RouteMatch;
import colorteller.mesh.RouteTable;
import colorteller.mesh.Sender;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.Timeouts;
import colorteller.mesh.ValueMatch;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter;
import colorteller.mesh.VirtualService;
import colorteller.mesh.WeightedTarget;
import colorteller.mesh.Workload;
import colorteller.mesh.report.Observation;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/**
 * The route table sends requests where a real Envoy sends them: random routes of a gateway and of a
 * router, random requests, and those that are planned for these routes.
 */
class RouteTableAgainstEnvoyTest {

  private static final List<String> NODES = List.of("a", "b", "c", "d");
  private static final Listener LISTENER = Listener.of(8080, Protocol.HTTP);
  private static final String ROUTED = "routed.local";
  private static final String DIRECT = "direct.local";
  // Planned requests of one set of routes that are made.
  private static final int PLANNED = 8;

  private static @Nullable LocalMesh local;

  /** Routes, and requests. */
  record Routing(List<GatewayRoute> first, List<VirtualRouter.Route> second, List<Call> calls) {}

  @BeforeContainer
  static void start() {
    Mesh mesh = mesh(List.of(), List.of());
    Map<String, Workload> workloads = new TreeMap<>();
    NODES.forEach(
        name ->
            workloads.put(
                name,
                new Workload(IpFamily.dual(), IpFamily.dual(), name, Optional.of(Fault.NONE))));
    local =
        new LocalMesh(new LoopbackNetwork(Path.of(System.getenv("ENVOY")), mesh, workloads), mesh);
  }

  @AfterContainer
  static void end() {
    local.close();
  }

  @Property
  void theSameTarget(@ForAll("routings") Routing routing) {
    check(routing);
  }

  /** Not obvious: a header that is missing does not fulfil the inversion of a value. */
  @Example
  void aMissingHeaderIsNoOtherValue() {
    check(
        new Routing(
            List.of(GatewayRoute.of("all", RouteMatch.prefix("/"), ROUTED)),
            List.of(
                route(
                    "inverted",
                    0,
                    with(
                        new PathMatch.Prefix("/"),
                        Optional.empty(),
                        List.of(
                            new HeaderMatch("x-a", true, Optional.of(new ValueMatch.Exact("1")))),
                        List.of()),
                    "a")),
            List.of(
                call("/", "GET", Map.of()),
                call("/", "GET", Map.of("x-a", "1")),
                call("/", "GET", Map.of("x-a", "2")))));
  }

  /** Envoy looks for a route by the path that it has made of a client's. */
  @Example
  void pathsThatEnvoyMakesPlain() {
    RouteMatch exact = with(new PathMatch.Exact("/a/b"), Optional.empty(), List.of(), List.of());
    check(
        new Routing(
            List.of(
                GatewayRoute.of("exact", exact, DIRECT),
                GatewayRoute.of("all", RouteMatch.prefix("/"), ROUTED)),
            List.of(route("all", 0, RouteMatch.prefix("/"), "a")),
            Stream.of(
                    "/a/b",
                    "//a///b",
                    "/a/./b",
                    "/a/x/../b",
                    "/a/b/",
                    "/a/b/.",
                    "/a/b/x/..",
                    "/a/%2e%2E/a/b?q=..",
                    "/../a/b",
                    "/a//../a/b",
                    "/a/x//../b")
                .map(path -> call(path, "GET", Map.of()))
                .toList()));
  }

  private static void check(Routing routing) {
    Mesh mesh = mesh(routing.first(), routing.second());
    local.apply(mesh);
    VirtualGateway gateway = mesh.gateways().get("gateway");
    List<Request> requests =
        Stream.of(
                routing.calls().stream()
                    .map(call -> Request.of(mesh, new Sender.Client(gateway, LISTENER), call)),
                mesh.requests().stream().limit(PLANNED),
                mesh.nearMisses().stream().limit(PLANNED))
            .flatMap(all -> all)
            .toList();
    List<Map<IpFamily, Observation>> observed = local.prober().observe(requests);
    for (int i = 0; i < requests.size(); i++) {
      Request request = requests.get(i);
      Observation observation = observed.get(i).get(IpFamily.IPV4);
      assertThat(observation.problem()).as("%s of %s", request.call(), routing).isEmpty();
      assertThat(observation.outcome())
          .as("%s of %s", request.call(), routing)
          .isEqualTo(request.node().map(VirtualNode::name).orElse("error"));
    }
  }

  @Provide
  Arbitrary<Routing> routings() {
    return Combinators.combine(
            named(gatewayRoutes()), named(routes()), calls().list().ofMinSize(1).ofMaxSize(6))
        .as(Routing::new);
  }

  private interface Named<T> {
    T named(String name);
  }

  /** Up to five, each with a name of its own. */
  private static <T> Arbitrary<List<T>> named(Arbitrary<Named<T>> one) {
    return one.list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(
            all ->
                IntStream.range(0, all.size())
                    .mapToObj(i -> all.get(i).named("route-" + i))
                    .toList());
  }

  private static Arbitrary<Named<GatewayRoute>> gatewayRoutes() {
    return Combinators.combine(
            priorities(),
            matches(),
            hostnames(),
            Arbitraries.frequency(Tuple.of(3, ROUTED), Tuple.of(1, DIRECT)),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(0, 2))
        .as(
            (priority, match, hostname, service, host, rewrite) ->
                name ->
                    new GatewayRoute(
                        name,
                        priority,
                        Protocol.HTTP,
                        new RouteMatch(
                            match.path(),
                            match.method(),
                            match.scheme(),
                            hostname,
                            match.headers(),
                            match.queryParameters(),
                            Optional.empty()),
                        service,
                        Optional.empty(),
                        new Rewrite(host, rewrites(match.path()).get(rewrite))));
  }

  private static List<Rewrite.Path> rewrites(PathMatch path) {
    return path instanceof PathMatch.Prefix
        ? List.of(
            new Rewrite.Path.Prefix("/"), new Rewrite.Path.Same(), new Rewrite.Path.Prefix("/a/"))
        : List.of(new Rewrite.Path.Same(), new Rewrite.Path.Exact("/a/b"), new Rewrite.Path.Same());
  }

  private static Arbitrary<Named<VirtualRouter.Route>> routes() {
    return Combinators.combine(priorities(), matches(), Arbitraries.of("a", "b", "c"))
        .as((priority, match, node) -> name -> route(name, priority, match, node));
  }

  private static VirtualRouter.Route route(
      String name, int priority, RouteMatch match, String node) {
    return new VirtualRouter.Route(
        name,
        priority,
        Protocol.HTTP,
        match,
        List.of(WeightedTarget.all(node)),
        Optional.empty(),
        Timeouts.DEFAULT);
  }

  private static Arbitrary<Integer> priorities() {
    return Arbitraries.of(RouteTable.NO_PRIORITY, 0, 1, 1000);
  }

  private static Arbitrary<RouteMatch> matches() {
    return Combinators.combine(
            paths(),
            Arbitraries.of("GET", "POST").optional(0.3),
            headers().list().ofMaxSize(2),
            queries().list().ofMaxSize(1))
        .as(RouteTableAgainstEnvoyTest::with);
  }

  private static RouteMatch with(
      PathMatch path,
      Optional<String> method,
      List<HeaderMatch> headers,
      List<QueryMatch> queryParameters) {
    return new RouteMatch(
        path,
        method,
        Optional.empty(),
        Optional.empty(),
        headers,
        queryParameters,
        Optional.empty());
  }

  private static Arbitrary<PathMatch> paths() {
    return Arbitraries.oneOf(
        texts().map(PathMatch.Prefix::new),
        texts().map(PathMatch.Exact::new),
        Arbitraries.of("/.*", "/a.*", "/[ab]+", "/(a|b)/.+", "/a/[0-9]{1,2}", "(?i)/A/b")
            .map(PathMatch.Regex::new));
  }

  private static Arbitrary<String> texts() {
    return Arbitraries.of("/", "/a", "/a/", "/a/b", "/ab", "/b", "/a/b/7");
  }

  private static Arbitrary<HeaderMatch> headers() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, headers(Arbitraries.of("x-a", "X-B"), values())),
        Tuple.of(
            1,
            headers(
                Arbitraries.of("Host", ":authority"),
                Arbitraries.of(
                    new ValueMatch.Exact("one.example"),
                    new ValueMatch.Prefix("one"),
                    new ValueMatch.Suffix(".example")))),
        Tuple.of(
            1,
            headers(
                Arbitraries.of(":method", "x-forwarded-proto", ":scheme"),
                Arbitraries.of(
                    new ValueMatch.Exact("GET"),
                    new ValueMatch.Regex("P.*"),
                    new ValueMatch.Exact("http"),
                    new ValueMatch.Prefix("https")))));
  }

  private static Arbitrary<HeaderMatch> headers(
      Arbitrary<String> names, Arbitrary<ValueMatch> values) {
    return Combinators.combine(names, Arbitraries.of(true, false), values.optional(0.8))
        .as(HeaderMatch::new);
  }

  private static Arbitrary<ValueMatch> values() {
    return Arbitraries.oneOf(
        Arbitraries.of("1", "ab").map(ValueMatch.Exact::new),
        Arbitraries.of("a", "1").map(ValueMatch.Prefix::new),
        Arbitraries.of("b", "0").map(ValueMatch.Suffix::new),
        Arbitraries.of("[0-9]+", "a.*|2").map(ValueMatch.Regex::new),
        Arbitraries.of(1L, 2L, -1L).map(start -> new ValueMatch.Range(start, 10)));
  }

  private static Arbitrary<QueryMatch> queries() {
    return Combinators.combine(
            Arbitraries.of("q", "p"), Arbitraries.of("1", "%20", "").optional(0.7))
        .as(QueryMatch::new);
  }

  private static Arbitrary<Optional<HostnameMatch>> hostnames() {
    return Arbitraries.<HostnameMatch>of(
            new HostnameMatch.Exact("one.example"), new HostnameMatch.Suffix(".example"))
        .optional(0.3);
  }

  private static Arbitrary<Call> calls() {
    return Combinators.combine(
            Combinators.combine(
                    Arbitraries.of("/", "/a", "/a/b", "/ab", "/A/b", "/a/7", "/b/x", "/a/b/7"),
                    Arbitraries.of("", "?q=1", "?q=%20&p", "?p=1&q=2", "?qq=1", "?q="))
                .as(String::concat),
            Arbitraries.of("GET", "POST", "PUT"),
            Arbitraries.of("gateway", "one.example", "ONE.example", "example"),
            Arbitraries.maps(
                    Arbitraries.of("x-a", "x-b"), Arbitraries.of("1", "2", "10", "ab", "-1", "b"))
                .ofMaxSize(2))
        .as((path, method, host, headers) -> call(path, method, headers).withHost(host));
  }

  private static Call call(String path, String method, Map<String, String> headers) {
    Call call = Call.of(Protocol.HTTP, 8080, "gateway", path).withMethod(method);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      call = call.withHeader(header.getKey(), Optional.of(header.getValue()));
    }
    return call;
  }

  private static Mesh mesh(List<GatewayRoute> first, List<VirtualRouter.Route> second) {
    Map<String, VirtualNode> nodes = new LinkedHashMap<>();
    NODES.forEach(
        name ->
            nodes.put(
                name,
                VirtualNode.of(
                    name,
                    IpPreference.NONE,
                    Optional.of(LISTENER),
                    Optional.of(new ServiceDiscovery.CloudMap("local", name)))));
    Map<String, VirtualService> services = new LinkedHashMap<>();
    services.put(
        ROUTED,
        new VirtualService(ROUTED, Optional.of(new VirtualService.Provider.Router("router"))));
    services.put(
        DIRECT, new VirtualService(DIRECT, Optional.of(new VirtualService.Provider.Node("d"))));
    return new Mesh(
        "random",
        IpPreference.NONE,
        false,
        Map.of("gateway", VirtualGateway.of("gateway", LISTENER, first)),
        services,
        Map.of(
            "router",
            new VirtualRouter(
                "router", List.of(new VirtualRouter.PortMapping(8080, Protocol.HTTP)), second)),
        nodes);
  }
}
