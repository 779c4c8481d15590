package colorteller.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests for what a gateway route asks for, behind which one router gives all to one node. */
class RequestPlanTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the gateway route's match                                                | what it takes        | what it does not
          Headers: [{Name: Host, Match: {Exact: x.example}}]                         | GET x.example /      | GET anyx.example /
          Headers: [{Name: ':authority', Match: {Suffix: .example}}]                 | GET any.example /    |
          Headers: [{Name: ':authority', Match: {Prefix: api.}}]                     | GET api.any /        | GET other.example /
          Headers: [{Name: ':method', Match: {Exact: DELETE}}]                       | DELETE gw /          | GET gw /
          Headers: [{Name: ':method', Match: {Exact: GET}, Invert: true}]            | POST gw /            | GET gw /
          Headers: [{Name: ':method'}]                                               | GET gw /             |
          Headers: [{Name: x-forwarded-proto, Match: {Exact: https}}]                | GET https gw /       | GET gw /
          Headers: [{Name: x-forwarded-proto, Match: {Prefix: https}, Invert: true}] | GET gw /             | GET https gw /
          Method: HEAD                                                               | HEAD gw /            | GET gw /
          Method: CONNECT                                                            |                      |
          'QueryParameters: [{Name: v, Match: {Exact: a+b}}]'                        | GET gw /?v=a+b       | GET gw /?v=other
          'QueryParameters: [{Name: v, Match: {Exact: "a b"}}]'                      |                      |
          'QueryParameters: [{Name: v, Match: {Exact: a&b}}]'                        |                      |
          'QueryParameters: [{Name: v w}]'                                           |                      |
          """)
  void ofOneRoute(String match, String hit, String miss) {
    Mesh mesh = mesh(match, "{Prefix: /}", "");
    assertThat(mesh.requests()).extracting(RequestPlanTest::words).isEqualTo(listOf(hit));
    assertThat(mesh.nearMisses()).extracting(RequestPlanTest::words).isEqualTo(listOf(miss));
  }

  /** The host that a router sees is the virtual service's, whatever the client asked for. */
  @Test
  void aHostBehindTheGatewayThatRewritesIt() {
    Mesh mesh =
        mesh(
            "Headers: [{Name: ':authority', Match: {Exact: x.example}}]",
            "{Prefix: /, Headers: [{Name: ':authority', Match: {Exact: s.local}}]}",
            "");
    assertThat(mesh.requests())
        .extracting(RequestPlanTest::words)
        .containsExactly("GET x.example /");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # per try, per request, fault,              answer
          2,         5,           delay=3s,           error
          2,         5,           delay=1s,           n
          4,         5,           delay=3s,           n
          0,         5,           delay=3s,           n
          4,         2,           delay=3s,           error
          """)
  void aTryMayEndBeforeTheRequest(int perTry, int perRequest, String fault, String answer) {
    Mesh mesh = mesh("Method: GET", "{Prefix: /}", limits(perTry, perRequest));
    assertThat(outcome(mesh, mesh.requests().get(0), Fault.parse(fault))).isEqualTo(answer);
  }

  @Test
  void aRequestsFaultIsInsteadOfTheWorkloads() {
    Mesh mesh = mesh("Method: GET", "{Prefix: /}", "");
    Request request = mesh.requests().get(0);
    Request failing =
        Request.of(
            mesh,
            request.sender(),
            request.call().withHeader("X-Walkthrough-Fault", Optional.of("status=500")));
    Request healed =
        Request.of(
            mesh,
            request.sender(),
            request.call().withHeader("x-walkthrough-fault", Optional.of("delay=1ms")));
    assertThat(outcome(mesh, failing, Fault.NONE)).isEqualTo("error");
    assertThat(outcome(mesh, healed, Fault.parse("status=500"))).isEqualTo("n");
  }

  private static String outcome(Mesh mesh, Request request, Fault told) {
    Workload workload =
        new Workload(Set.of(IpFamily.IPV4), Set.of(IpFamily.IPV4), "n", Optional.of(told));
    return Expectation.of(mesh, request, Map.of("n", workload), IpFamily.IPV4).outcome();
  }

  private static String limits(int perTry, int perRequest) {
    return """
        Timeout: {PerRequest: {Unit: s, Value: %d}}
                  RetryPolicy: {MaxRetries: 1, PerRetryTimeout: {Unit: s, Value: %d}, HttpRetryEvents: [server-error]}
        """
        .formatted(Duration.ofSeconds(perRequest).toSeconds(), perTry);
  }

  private static String words(Request request) {
    Call call = request.call();
    return "%s %s%s %s"
        .formatted(
            call.method(),
            call.scheme().equals("http") ? "" : call.scheme() + " ",
            call.host(),
            call.path());
  }

  private static List<String> listOf(String one) {
    return Optional.ofNullable(one).stream().toList();
  }

  private static Mesh mesh(String gatewayMatch, String routeMatch, String ofRoute) {
    return MeshReader.read(
        Template.of(
            "mesh.yaml",
            """
            Resources:
              M: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: m, Spec: {ServiceDiscovery: {IpPreference: IPv4_ONLY}}}}
              G: {Type: 'AWS::AppMesh::VirtualGateway', Properties: {MeshName: m, VirtualGatewayName: gw, Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}}}
              GR:
                Type: AWS::AppMesh::GatewayRoute
                Properties:
                  MeshName: m
                  VirtualGatewayName: gw
                  GatewayRouteName: gr
                  Spec: {HttpRoute: {Match: {Prefix: /, %s}, Action: {Target: {VirtualService: {VirtualServiceName: s.local}}}}}
              S: {Type: 'AWS::AppMesh::VirtualService', Properties: {MeshName: m, VirtualServiceName: s.local, Spec: {Provider: {VirtualRouter: {VirtualRouterName: r}}}}}
              R: {Type: 'AWS::AppMesh::VirtualRouter', Properties: {MeshName: m, VirtualRouterName: r, Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}}}
              All:
                Type: AWS::AppMesh::Route
                Properties:
                  MeshName: m
                  VirtualRouterName: r
                  RouteName: all
                  Spec:
                    HttpRoute:
                      Match: %s
                      Action: {WeightedTargets: [{VirtualNode: n, Weight: 1}]}
                      %s
              N: {Type: 'AWS::AppMesh::VirtualNode', Properties: {MeshName: m, VirtualNodeName: n, Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}], ServiceDiscovery: {DNS: {Hostname: n.local}}}}}
            """
                .formatted(gatewayMatch, routeMatch, ofRoute.strip()),
            Map.of(),
            Map.of()));
  }
}
