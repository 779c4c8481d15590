package colorteller.local;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.Call;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.Request;
import colorteller.mesh.Sender;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.WorkloadsFile;
import colorteller.standin.Seen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each property of a match, with a request that a real Envoy takes by it and one that it does not.
 * What is expected stands here, and is asked of nothing else.
 */
class MatchersTest {

  private static final int PORT = 8080;
  private static final int OTHER_PORT = 8081;
  private static final int GRPC_PORT = 9000;
  private static final String LISTENERS =
      "Listeners: [%s]"
          .formatted(
              Stream.of("8080, Protocol: http", "8081, Protocol: http", "9000, Protocol: grpc")
                  .map("{PortMapping: {Port: %s}}"::formatted)
                  .collect(Collectors.joining(", ")));
  private static final String HIT = "hit";
  private static final String MISS = "miss";

  /**
   * A match, and two requests.
   *
   * @param name of the virtual service or the gateway route that has it
   * @param match as a template has it
   * @param hit {@code METHOD URL HEADER}, the last two or the last perhaps missing; an URL without
   *     a path is a host that a gateway is asked for
   * @param miss likewise
   */
  record Row(String name, Protocol protocol, String match, String hit, String miss) {

    Row(String name, String match, String hit, String miss) {
      this(name, Protocol.HTTP, match, hit, miss);
    }

    boolean isOfGateway() {
      return match.contains("Hostname");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Row> ROWS = new ArrayList<>();

  static {
    ROWS.add(new Row("prefix", "Prefix: /a", "GET /a/b", "GET /b"));
    ROWS.add(new Row("exact", "Path: {Exact: /a}", "GET /a", "GET /a/"));
    ROWS.add(new Row("regex", "Path: {Regex: '/[0-9]+'}", "GET /42", "GET /42x"));
    ROWS.add(new Row("method", "Prefix: /, Method: POST", "POST /", "GET /"));
    ROWS.add(
        new Row(
            "scheme",
            "Prefix: /, Scheme: https",
            "GET / x-forwarded-proto=https",
            "GET / x-forwarded-proto=http"));
    ROWS.add(new Row("port", "Prefix: /, Port: " + OTHER_PORT, "GET :8081/", "GET /"));
    String query = "Prefix: /, QueryParameters: [{Name: q%s}]";
    ROWS.add(
        new Row(
            "query-exact", query.formatted(", Match: {Exact: '1'}"), "GET /?p&q=1", "GET /?q=12"));
    ROWS.add(new Row("query-present", query.formatted(""), "GET /?q=", "GET /?qq=1"));
    ROWS.addAll(values("header", Protocol.HTTP, "Prefix: /, Headers"));
    ROWS.addAll(values("metadata", Protocol.GRPC, "Metadata"));
    ROWS.add(
        new Row("service", Protocol.GRPC, "ServiceName: a.B", "POST /a.B/Any", "POST /a.BC/Any"));
    ROWS.add(
        new Row(
            "grpc-method",
            Protocol.GRPC,
            "ServiceName: a.B, MethodName: Get",
            "POST /a.B/Get",
            "POST /a.B/GetAll"));
    ROWS.add(
        new Row("host-exact", "Prefix: /, Hostname: {Exact: one.test}", "one.test", "two.test"));
    ROWS.add(
        new Row(
            "host-suffix", "Prefix: /, Hostname: {Suffix: .end.test}", "a.end.test", "end.test"));
  }

  /** Every way to match a value, and its inversion. */
  private static List<Row> values(String what, Protocol protocol, String list) {
    String path = protocol == Protocol.GRPC ? "POST /a.B/Any" : "GET /";
    List<Row> rows = new ArrayList<>();
    for (String[] kind :
        new String[][] {
          {"exact", "{Exact: ab}", "ab", "abc"},
          {"prefix", "{Prefix: ab}", "abc", "cab"},
          {"suffix", "{Suffix: ab}", "cab", "abc"},
          {"regex", "{Regex: '[a-c]+'}", "abc", "abcd"},
          {"range", "{Range: {Start: 1, End: 10}}", "1", "10"}
        }) {
      String match = "%s: [{Name: x-v, Match: %s%s}]";
      String hit = path + " x-v=" + kind[2];
      String miss = path + " x-v=" + kind[3];
      String name = what + "-" + kind[0];
      rows.add(new Row(name, protocol, match.formatted(list, kind[1], ""), hit, miss));
      rows.add(
          new Row(
              name + "-not",
              protocol,
              match.formatted(list, kind[1], ", Invert: true"),
              miss,
              hit));
    }
    String match = list + ": [{Name: x-v%s}]";
    rows.add(new Row(what + "-there", protocol, match.formatted(""), path + " x-v=a", path));
    rows.add(
        new Row(
            what + "-there-not",
            protocol,
            match.formatted(", Invert: true"),
            path,
            path + " x-v=a"));
    return rows;
  }

  private static Mesh mesh;
  private static Session session;
  private static LoopbackNetwork network;

  @BeforeAll
  static void start() {
    mesh = MeshReader.read(Template.of("matchers.yaml", template(), Map.of(), Map.of()));
    Scenario scenario =
        new Scenario(Optional.empty(), Optional.empty(), mesh, WorkloadsFile.defaults(mesh));
    network = new LoopbackNetwork(Path.of(System.getenv("ENVOY")), mesh, scenario.workloads());
    session = new Session(network, scenario);
    session.local().apply(mesh);
  }

  @AfterAll
  static void end() {
    session.close();
  }

  static Stream<Row> rows() {
    return ROWS.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void taken(Row row) throws IOException {
    assertThat(answering(row, row.hit())).isEqualTo(HIT);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void notTaken(Row row) throws IOException {
    assertThat(answering(row, row.miss())).isEqualTo(MISS);
  }

  private static String answering(Row row, String request) throws IOException {
    Network.Answer answer =
        network.send(
            request(row, request), IpFamily.IPV4, Optional.of(UUID.randomUUID().toString()));
    return Seen.parse(answer.body()).map(Seen::node).orElse(answer.toString());
  }

  private static Request request(Row row, String text) {
    if (row.isOfGateway()) {
      VirtualGateway gateway = Objects.requireNonNull(mesh.gateways().get("gateway"));
      return Request.of(
          mesh,
          new Sender.Client(gateway, gateway.listener()),
          Call.of(Protocol.HTTP, PORT, text, "/"));
    }
    String[] words = text.split(" ");
    boolean elsewhere = words[1].startsWith(":");
    int port = row.protocol() == Protocol.GRPC ? GRPC_PORT : elsewhere ? OTHER_PORT : PORT;
    Call call =
        Call.of(
                row.protocol(),
                port,
                row.name() + ".local",
                elsewhere ? words[1].substring(words[1].indexOf('/')) : words[1])
            .withMethod(words[0]);
    if (words.length == 3) {
      String[] header = words[2].split("=");
      call = call.withHeader(header[0], Optional.of(header[1]));
    }
    VirtualNode client = Objects.requireNonNull(mesh.nodes().get("client"));
    return Request.of(mesh, new Sender.Node(client), call);
  }

  /** A virtual service for each row, whose router sends to a node by the match, else to another. */
  private static String template() {
    List<String> resources = new ArrayList<>();
    resources.add(resource("Mesh", "", "ServiceDiscovery: {IpPreference: IPv4_ONLY}"));
    for (String node : List.of(HIT, MISS)) {
      resources.add(
          resource(
              "VirtualNode",
              "VirtualNodeName: " + node,
              "%s, ServiceDiscovery: {DNS: {Hostname: %s.svc.local}}".formatted(LISTENERS, node)));
      resources.add(
          resource(
              "VirtualService",
              "VirtualServiceName: %s.local".formatted(node),
              "Provider: {VirtualNode: {VirtualNodeName: %s}}".formatted(node)));
    }
    String gateway = "VirtualGatewayName: gateway";
    resources.add(
        resource(
            "VirtualGateway", gateway, "Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]"));
    resources.add(gatewayRoute("rest", 1, "Prefix: /", MISS));
    List<String> backends = new ArrayList<>();
    for (Row row : ROWS) {
      if (row.isOfGateway()) {
        resources.add(gatewayRoute(row.name(), 0, row.match(), HIT));
        continue;
      }
      String service = "VirtualServiceName: %s.local".formatted(row.name());
      String router = "VirtualRouterName: " + row.name();
      backends.add("{VirtualService: {%s}}".formatted(service));
      resources.add(
          resource("VirtualService", service, "Provider: {VirtualRouter: {%s}}".formatted(router)));
      resources.add(resource("VirtualRouter", router, LISTENERS));
      resources.add(route(row, "it", 0, row.match(), HIT));
      resources.add(
          route(row, "rest", 1, row.protocol() == Protocol.GRPC ? "" : "Prefix: /", MISS));
    }
    resources.add(
        resource(
            "VirtualNode",
            "VirtualNodeName: client",
            "Backends: [" + String.join(", ", backends) + "]"));
    return IntStream.range(0, resources.size())
        .mapToObj(i -> "  R%d: %s\n".formatted(i, resources.get(i)))
        .collect(Collectors.joining("", "Resources:\n", ""));
  }

  private static String resource(String type, String names, String spec) {
    return "{Type: 'AWS::AppMesh::%s', Properties: {MeshName: m, %s, Spec: {%s}}}"
        .formatted(type, names, spec)
        .replace(", ,", ",");
  }

  private static String gatewayRoute(String name, int priority, String match, String node) {
    return resource(
        "GatewayRoute",
        "VirtualGatewayName: gateway, GatewayRouteName: " + name,
        "Priority: %d, HttpRoute: {Match: {%s}, Action: {Target: {VirtualService: {VirtualServiceName: %s.local}}}}"
            .formatted(priority, match, node));
  }

  private static String route(Row row, String name, int priority, String match, String node) {
    boolean isGrpc = row.protocol() == Protocol.GRPC;
    return resource(
        "Route",
        "VirtualRouterName: %s, RouteName: %s".formatted(row.name(), name),
        "Priority: %d, %s: {Match: {%s}, Action: {WeightedTargets: [{VirtualNode: %s, Weight: 1, Port: %d}]}}"
            .formatted(
                priority,
                isGrpc ? "GrpcRoute" : "HttpRoute",
                match,
                node,
                isGrpc ? GRPC_PORT : PORT));
  }
}
