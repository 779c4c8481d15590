package colorteller.controlplane;

import colorteller.mesh.GatewayRoute;
import colorteller.mesh.Mesh;
import colorteller.mesh.RouteMatch;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualService;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.Collection;
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
                .addRoutes(route(RouteMatch.EVERYTHING, Names.ingressCluster(mesh, node))))
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
    String prefix = gatewayRoute.match().prefix();
    Stream<String> prefixes =
        prefix.endsWith("/") ? Stream.of(prefix) : Stream.of(prefix + "/", prefix);
    return prefixes.map(
        p ->
            Route.newBuilder()
                .setMatch(match(new RouteMatch(p)))
                .setRoute(
                    RouteAction.newBuilder()
                        .setCluster(cluster)
                        .setPrefixRewrite(GatewayRoute.REWRITTEN_PREFIX)
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
        .addAllRoutes(
            mesh.routes().branches(service).stream()
                .map(branch -> route(branch.match(), Names.egressCluster(mesh, branch.node())))
                .toList())
        .build();
  }

  static VirtualNode node(Mesh mesh, String name) {
    return Objects.requireNonNull(mesh.nodes().get(name), name);
  }

  private static Route route(RouteMatch match, String cluster) {
    return Route.newBuilder()
        .setMatch(match(match))
        .setRoute(RouteAction.newBuilder().setCluster(cluster))
        .build();
  }

  private static io.envoyproxy.envoy.config.route.v3.RouteMatch match(RouteMatch match) {
    return io.envoyproxy.envoy.config.route.v3.RouteMatch.newBuilder()
        .setPrefix(match.prefix())
        .build();
  }
}
