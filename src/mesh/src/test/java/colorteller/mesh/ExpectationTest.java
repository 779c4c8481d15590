package colorteller.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The walkthrough's matrix: what each request gives, with every cause. */
class ExpectationTest {

  private static final Map<String, Workload> WORKLOADS =
      Map.of(
          "red", workload("ipv4", "ipv4", "red"),
          "orange", workload("ipv4", "dual", "orange"),
          "yellow", workload("ipv4", "ipv6", "yellow"),
          "green", workload("dual", "ipv4", "green"),
          "blue", workload("dual", "dual", "blue"),
          "purple", workload("dual", "ipv6", "purple"));

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # variant | mesh         | nodes                                                     | red      | orange | yellow | green | blue | purple
          dns   | IPV4_ONLY      |                                                               | red      | orange | app    | green | blue | app
          dns   | IPV4_PREFERRED |                                                               | red      | orange | app    | green | blue | app
          dns   | IPV6_ONLY      |                                                               | disc+app | disc   | disc   | app   | blue | purple
          dns   | IPV6_PREFERRED |                                                               | app      | orange | yellow | app   | blue | purple
          dns   | IPV6_ONLY      | red=IPV4_PREFERRED orange=IPV4_PREFERRED yellow=IPV6_PREFERRED | red      | orange | yellow | app   | blue | purple
          dns   | NONE           |                                                               | red      | orange | app    | bind  | bind | bind+app
          cloud | IPV4_ONLY      |                                                               | red      | orange | app    | green | blue | app
          cloud | IPV4_PREFERRED |                                                               | red      | orange | app    | green | blue | app
          cloud | IPV6_ONLY      |                                                               | disc+app | disc   | disc   | app   | blue | purple
          cloud | IPV6_PREFERRED |                                                               | app      | orange | yellow | app   | blue | purple
          cloud | IPV6_ONLY      | red=IPV4_PREFERRED orange=IPV4_PREFERRED yellow=IPV6_PREFERRED | red      | orange | yellow | app   | blue | purple
          cloud | NONE           |                                                               | red      | orange | app    | green | blue | app
          # One node without a preference in a mesh that has one takes the mesh's.
          dns   | NONE           | blue=IPV6_ONLY                                                | red      | orange | app    | bind  | blue | bind+app
          """)
  void matrix(
      String variant,
      IpPreference mesh,
      String nodes,
      String red,
      String orange,
      String yellow,
      String green,
      String blue,
      String purple) {
    Mesh built = mesh(variant, mesh, nodes);
    List<String> expected = List.of(red, orange, yellow, green, blue, purple);
    assertThat(built.requests().stream().map(r -> cell(built, r, IpFamily.IPV4)).toList())
        .isEqualTo(expected);
    // Without a preference, the gateway does not listen on IPv6; otherwise both are the same.
    assertThat(built.requests().stream().map(r -> cell(built, r, IpFamily.IPV6)).toList())
        .isEqualTo(
            mesh == IpPreference.NONE
                ? List.of("bind", "bind", "bind", "bind", "bind", "bind")
                : expected);
  }

  @ParameterizedTest
  @EnumSource
  void explanationsAreSentences(IpPreference mesh) {
    for (String variant : List.of("dns", "cloud")) {
      Mesh built = mesh(variant, mesh, null);
      for (Request request : built.requests()) {
        String text = Expectation.of(built, request, WORKLOADS, IpFamily.IPV4).explanation();
        assertThat(text).matches("[A-Za-z].*\\.").doesNotContain("  ", "null");
      }
    }
  }

  @Test
  void whyTheWalkthroughsExamplesFail() {
    Mesh mesh = mesh("dns", IpPreference.IPV6_ONLY, null);
    Expectation red = Expectation.of(mesh, mesh.requests().get(0), WORKLOADS, IpFamily.IPV4);
    assertThat(red.explanation())
        .isEqualTo(
            "red has IPv6_ONLY from its mesh. It can be discovered by IPv4 only, and the gateway asks for IPv6 only, so the gateway has no address to send to. Even if the request reached it, the node's Envoy would look for the application at ::1, and the application listens on IPv4 only.");
  }

  @Test
  void aPathThatNothingIsBehind() {
    Mesh mesh = mesh("dns", IpPreference.IPV4_ONLY, null);
    VirtualGateway gateway = mesh.gateways().get("gateway");
    Request request =
        Request.of(
            mesh,
            new Sender.Client(gateway, gateway.listener()),
            Call.of(Protocol.HTTP, gateway.listener().port(), "gateway", "/pink"));
    Expectation expectation = Expectation.of(mesh, request, WORKLOADS, IpFamily.IPV4);
    assertThat(expectation.outcome()).isEqualTo("error");
    assertThat(expectation.causes()).isEmpty();
  }

  private static String cell(Mesh mesh, Request request, IpFamily entry) {
    Expectation expectation = Expectation.of(mesh, request, WORKLOADS, entry);
    return expectation
        .answer()
        .orElseGet(
            () ->
                String.join(
                    "+",
                    expectation.causes().stream()
                        .map(
                            cause ->
                                switch (cause) {
                                  case SERVICE_DISCOVERY -> "disc";
                                  case LISTENER -> "bind";
                                  case TLS -> "tls";
                                  case APPLICATION -> "app";
                                })
                        .toList()));
  }

  private static Mesh mesh(String variant, IpPreference preference, String nodePreferences) {
    Map<String, IpPreference> own = new LinkedHashMap<>();
    if (nodePreferences != null) {
      for (String node : nodePreferences.split(" ")) {
        own.put(node.split("=")[0], IpPreference.valueOf(node.split("=")[1]));
      }
    }
    Map<String, VirtualNode> nodes = new LinkedHashMap<>();
    Map<String, VirtualService> services = new LinkedHashMap<>();
    List<GatewayRoute> routes = new ArrayList<>();
    for (String color : List.of("red", "orange", "yellow", "green", "blue", "purple")) {
      nodes.put(
          color,
          VirtualNode.of(
              color,
              own.getOrDefault(color, IpPreference.NONE),
              Optional.of(listener()),
              Optional.of(
                  variant.equals("dns")
                      ? new ServiceDiscovery.Dns(color + ".local")
                      : new ServiceDiscovery.CloudMap("local", color))));
      services.put(
          color, new VirtualService(color, Optional.of(new VirtualService.Provider.Node(color))));
      routes.add(GatewayRoute.of(color, RouteMatch.prefix("/" + color), color));
    }
    return new Mesh(
        "colors",
        preference,
        false,
        Map.of("gateway", VirtualGateway.of("gateway", listener(), routes)),
        services,
        Map.of(),
        nodes);
  }

  private static Listener listener() {
    return Listener.of(9080, Protocol.HTTP)
        .withHealthCheck(
            new HealthCheck(
                Protocol.HTTP,
                Optional.of("/ping"),
                Optional.empty(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                2,
                2));
  }

  private static Workload workload(String discovery, String application, String answer) {
    return new Workload(IpFamily.parse(discovery), IpFamily.parse(application), answer);
  }
}
