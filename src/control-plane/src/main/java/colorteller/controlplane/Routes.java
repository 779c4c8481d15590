package colorteller.controlplane;

import colorteller.mesh.GatewayRoute;
import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter;
import colorteller.mesh.VirtualService;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Gateway routes, virtual services and virtual routers → route configurations. */
final class Routes {

  private Routes() {}

  /** Every request that reaches a node is for its application. */
  static RouteConfiguration ingress(Mesh mesh, VirtualNode node) {
    return RouteConfiguration.newBuilder()
        .setName(Names.ingressRoutes(Names.port(node)))
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName("local_application")
                .addDomains("*")
                .addRoutes(route("/", Names.ingressCluster(mesh, node))))
        .build();
  }

  /** The gateway routes: each gives a request the virtual service's name and drops the prefix. */
  static RouteConfiguration gatewayIngress(Mesh mesh, VirtualGateway gateway) {
    String cluster = Names.selfRedirectCluster(mesh, gateway);
    return RouteConfiguration.newBuilder()
        .setName(Names.ingressRoutes(gateway.listener().port()))
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName("self_redirect")
                .addDomains("*")
                .addAllRoutes(
                    gateway.routes().stream().flatMap(r -> redirects(r, cluster)).toList()))
        .build();
  }

  /**
   * A gateway route is two of Envoy's, as in App Mesh: {@code /red/x} becomes {@code /x}, and
   * {@code /red} becomes {@code /}.
   */
  private static Stream<Route> redirects(GatewayRoute gatewayRoute, String cluster) {
    String prefix = gatewayRoute.prefix();
    Stream<String> prefixes =
        prefix.endsWith("/") ? Stream.of(prefix) : Stream.of(prefix + "/", prefix);
    return prefixes.map(
        p ->
            Route.newBuilder()
                .setMatch(RouteMatch.newBuilder().setPrefix(p))
                .setRoute(
                    RouteAction.newBuilder()
                        .setCluster(cluster)
                        .setPrefixRewrite("/")
                        .setHostRewriteLiteral(gatewayRoute.virtualService()))
                .build());
  }

  /** A virtual host for each virtual service that answers on a port. */
  static RouteConfiguration egress(Mesh mesh, int port, Collection<VirtualService> services) {
    return RouteConfiguration.newBuilder()
        .setName(Names.egressRoutes(port))
        .addAllVirtualHosts(services.stream().map(s -> virtualHost(mesh, s, port)).toList())
        .build();
  }

  private static VirtualHost virtualHost(Mesh mesh, VirtualService service, int port) {
    return VirtualHost.newBuilder()
        .setName(service.name())
        .addDomains(service.name())
        .addDomains(service.name() + ":" + port)
        .addAllRoutes(service.provider().map(p -> routes(mesh, p)).orElse(List.of()))
        .build();
  }

  private static List<Route> routes(Mesh mesh, VirtualService.Provider provider) {
    if (provider instanceof VirtualService.Provider.Node node) {
      return List.of(route("/", Names.egressCluster(mesh, node(mesh, node.name()))));
    }
    String name = ((VirtualService.Provider.Router) provider).name();
    VirtualRouter router = Objects.requireNonNull(mesh.routers().get(name), name);
    return router.routes().stream()
        .map(r -> route(r.prefix(), Names.egressCluster(mesh, node(mesh, r.node()))))
        .toList();
  }

  static VirtualNode node(Mesh mesh, String name) {
    return Objects.requireNonNull(mesh.nodes().get(name), name);
  }

  private static Route route(String prefix, String cluster) {
    return Route.newBuilder()
        .setMatch(RouteMatch.newBuilder().setPrefix(prefix))
        .setRoute(RouteAction.newBuilder().setCluster(cluster))
        .build();
  }
}
