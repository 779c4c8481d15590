package colorteller.controlplane;

import colorteller.controlplane.Upstreams.ServiceClusters;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.GatewayRoute;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.PathMatch;
import colorteller.mesh.Rewrite;
import colorteller.mesh.RouteMatch;
import colorteller.mesh.VirtualGateway;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Gateway routes → the route configurations of a gateway. */
final class GatewayRoutes {

  /**
   * Has the host that a request came with while the Host header names the virtual service that a
   * gateway route chose, which is to keep the host. The node's Envoy takes it away.
   */
  static final String KEPT_HOST = "x-app-mesh-kept-host";

  private GatewayRoutes() {}

  /** Whether some gateway route of a mesh leaves the host as it is. */
  static boolean keepHost(Mesh mesh) {
    return mesh.gateways().values().stream().anyMatch(GatewayRoutes::keepsHost);
  }

  private static boolean keepsHost(VirtualGateway gateway) {
    return gateway.routes().stream().anyMatch(route -> !route.rewrite().host());
  }

  /**
   * What comes to a listener of a gateway: each route gives it to the gateway itself, rewritten.
   */
  static RouteConfiguration ingress(Mesh mesh, VirtualGateway gateway, Listener listener) {
    String cluster = Names.selfRedirectCluster(mesh, gateway, listener);
    VirtualHost.Builder host = VirtualHost.newBuilder().setName("self_redirect").addDomains("*");
    gateway.routes().stream()
        .filter(route -> route.protocol() == listener.protocol())
        .filter(route -> route.match().isFor(listener.port()))
        .flatMap(route -> redirects(route, cluster, keepsHost(gateway)))
        .forEach(host::addRoutes);
    return RouteConfiguration.newBuilder()
        .setName(Names.ingressRoutes(listener.port()))
        .addVirtualHosts(host)
        .build();
  }

  /**
   * A gateway route that gives a prefix another, which ends with a slash, is two of Envoy's, as in
   * App Mesh: {@code /red/x} becomes {@code /x}, and {@code /red} becomes {@code /}.
   */
  private static Stream<Route> redirects(GatewayRoute route, String cluster, boolean hostsAreKept) {
    Stream<RouteMatch> matches = Stream.of(route.match());
    if (route.match().path() instanceof PathMatch.Prefix prefix
        && route.rewrite().path() instanceof Rewrite.Path.Prefix other
        && other.value().endsWith("/")
        && !prefix.prefix().endsWith("/")) {
      matches =
          Stream.of(route.match().with(new PathMatch.Prefix(prefix.prefix() + "/")), route.match());
    }
    return matches.map(match -> redirect(route, match, cluster, hostsAreKept));
  }

  private static Route redirect(
      GatewayRoute route, RouteMatch match, String cluster, boolean hostsAreKept) {
    RouteAction.Builder action =
        RouteAction.newBuilder()
            .setCluster(cluster)
            .setHostRewriteLiteral(Names.host(route.virtualService(), route.port()))
            // The limits are those of the virtual service's route, behind this.
            .setTimeout(Durations.ZERO)
            .setIdleTimeout(Durations.ZERO);
    if (route.rewrite().path() instanceof Rewrite.Path.Prefix prefix) {
      action.setPrefixRewrite(prefix.value());
    } else if (route.rewrite().path() instanceof Rewrite.Path.Exact exact) {
      action.setRegexRewrite(
          RegexMatchAndSubstitute.newBuilder()
              .setPattern(RegexMatcher.newBuilder().setRegex("^.*$"))
              .setSubstitution(exact.path().replace("\\", "\\\\")));
    }
    Route.Builder result = Route.newBuilder().setMatch(RouteMatches.of(match)).setRoute(action);
    if (!route.rewrite().host()) {
      result.addRequestHeadersToAdd(
          HeaderValueOption.newBuilder()
              .setHeader(HeaderValue.newBuilder().setKey(KEPT_HOST).setValue("%REQ(:authority)%"))
              .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD));
    } else if (hostsAreKept) {
      result.addRequestHeadersToRemove(KEPT_HOST);
    }
    return result.build();
  }

  /** What a gateway has given to itself: a virtual host for each virtual service. */
  static RouteConfiguration egress(VirtualGateway gateway, Collection<ServiceClusters> services) {
    Optional<String> hostHeader = keepsHost(gateway) ? Optional.of(KEPT_HOST) : Optional.empty();
    RouteConfiguration.Builder routes =
        RouteConfiguration.newBuilder().setName(Names.egressRoutes(EnvoyPorts.EGRESS));
    for (ServiceClusters service : services) {
      String name = service.service().name();
      List<String> domains = new ArrayList<>();
      if (isFirstOf(service, services)) {
        domains.add(name);
        domains.add(name + ":" + EnvoyPorts.EGRESS);
      }
      if (asksFor(gateway, service)) {
        domains.add(Names.host(name, Optional.of(service.service().port())));
      }
      routes.addVirtualHosts(
          Routes.virtualHost(service, domains.stream().distinct().toList(), hostHeader));
    }
    return routes.build();
  }

  private static boolean isFirstOf(ServiceClusters service, Collection<ServiceClusters> services) {
    return services.stream()
        .filter(other -> other.service().name().equals(service.service().name()))
        .findFirst()
        .filter(service::equals)
        .isPresent();
  }

  private static boolean asksFor(VirtualGateway gateway, ServiceClusters service) {
    return gateway.routes().stream()
        .anyMatch(
            route ->
                route.virtualService().equals(service.service().name())
                    && route.port().equals(Optional.of(service.service().port())));
  }
}
