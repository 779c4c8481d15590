package colorteller.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.VirtualService.Provider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A shop of two services, one of them behind a router, and one that nothing provides. */
class RouteTableTest {

  private static final Listener LISTENER = Listener.of(9080, Protocol.HTTP);

  private static final VirtualGateway GATEWAY =
      VirtualGateway.of(
          "gateway",
          LISTENER,
          List.of(
              GatewayRoute.of("users", RouteMatch.prefix("/users"), "users"),
              GatewayRoute.of("old-users", RouteMatch.prefix("/users/old"), "nobody"),
              GatewayRoute.of("orders", RouteMatch.prefix("/shop/"), "orders")));

  private static final VirtualRouter ROUTER =
      new VirtualRouter(
          "orders",
          List.of(new VirtualRouter.PortMapping(9080, Protocol.HTTP)),
          List.of(
              VirtualRouter.Route.of("all", RouteTable.NO_PRIORITY, RouteMatch.prefix("/"), "b"),
              VirtualRouter.Route.of(
                  "long", RouteTable.NO_PRIORITY, RouteMatch.prefix("/v2/x"), "c"),
              VirtualRouter.Route.of("first", 0, RouteMatch.prefix("/v2"), "a")));

  private static final RouteTable ROUTES = mesh().routes();

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          /users,       users,     /,       users
          /users/7,     users,     /7,      users
          /userson,     users,     /on,     users
          /users/old/7, old-users, /7,
          /shop/,       orders,    /,       b
          /shop/v2/x,   orders,    /v2/x,   a
          /shop/v1,     orders,    /v1,     b
          //users//7,   users,     /7,      users
          /a/../users/x/.., users, /,       users
          """)
  void way(String path, String route, String behind, String node) {
    RouteTable.Way way = way(path);
    assertThat(way.gatewayRoute().map(GatewayRoute::name)).hasValue(route);
    assertThat(way.call().path()).isEqualTo(behind);
    assertThat(way.node().map(VirtualNode::name)).isEqualTo(Optional.ofNullable(node));
  }

  @Test
  void noRouteTakesIt() {
    RouteTable.Way way = way("/shop");
    assertThat(way.gatewayRoute()).isEmpty();
    assertThat(way.targets()).isEmpty();
    assertThat(way.whyNowhere()).isEqualTo("No route of gateway takes it.");
    assertThat(way.gatewayRoutes())
        .extracting(considered -> considered.whyNot().orElseThrow())
        .containsExactly(
            "it asks that the path begins with /users/old, and it is /shop",
            "it asks that the path begins with /shop/, and it is /shop",
            "it asks that the path begins with /users, and it is /shop");
  }

  private static RouteTable.Way way(String path) {
    return ROUTES.way(
        new Sender.Client(GATEWAY, LISTENER), Call.of(Protocol.HTTP, 9080, "gateway", path));
  }

  @Test
  void routesAreTriedByPriorityThenTheLongestPrefixFirst() {
    assertThat(GATEWAY.routes().stream().map(GatewayRoute::name))
        .containsExactly("old-users", "orders", "users");
    assertThat(ROUTER.routes().stream().map(VirtualRouter.Route::name))
        .containsExactly("first", "long", "all");
  }

  @Test
  void aRequestForEachRouteThatTakesOneInTheOrderOfTheServices() {
    assertThat(mesh().requests().stream().map(Request::path))
        .containsExactly("/shop/v2", "/shop/", "/users", "/users/old");
  }

  private static Mesh mesh() {
    Map<String, VirtualService> services = new LinkedHashMap<>();
    services.put(
        "orders", new VirtualService("orders", Optional.of(new Provider.Router("orders"))));
    services.put("users", new VirtualService("users", Optional.of(new Provider.Node("users"))));
    services.put("nobody", new VirtualService("nobody", Optional.empty()));
    Map<String, VirtualNode> nodes = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c", "users")) {
      nodes.put(
          name, VirtualNode.of(name, IpPreference.NONE, Optional.of(LISTENER), Optional.empty()));
    }
    return new Mesh(
        "shop",
        IpPreference.NONE,
        false,
        Map.of("gateway", GATEWAY),
        services,
        Map.of("orders", ROUTER),
        nodes);
  }
}
