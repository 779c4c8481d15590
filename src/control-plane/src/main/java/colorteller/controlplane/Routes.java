package colorteller.controlplane;

import colorteller.controlplane.Upstreams.ServiceClusters;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.RouteMatch;
import colorteller.mesh.Timeouts;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualRouter;
import colorteller.mesh.WeightedTarget;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Virtual services and routes of virtual routers → route configurations. */
final class Routes {

  private static final int NO_TARGET = 503;

  private Routes() {}

  /** Every request that reaches a node's listener is for the application behind it. */
  static RouteConfiguration ingress(Mesh mesh, VirtualNode node, Listener listener) {
    VirtualHost.Builder host =
        VirtualHost.newBuilder()
            .setName("local_application")
            .addDomains("*")
            .addRoutes(
                Route.newBuilder()
                    .setMatch(RouteMatches.of(RouteMatch.EVERYTHING))
                    .setRoute(
                        limited(listener.timeouts())
                            .setCluster(Names.ingressCluster(mesh, node, listener))));
    if (GatewayRoutes.keepHost(mesh)) {
      host.addRequestHeadersToRemove(GatewayRoutes.KEPT_HOST);
    }
    return RouteConfiguration.newBuilder()
        .setName(Names.ingressRoutes(listener.port()))
        .addVirtualHosts(host)
        .build();
  }

  /**
   * What a node's application sends to a port: a virtual host for each virtual service there, and
   * one for what is outside the mesh and allowed.
   *
   * @param local the port that the application connects to, where that is another
   */
  static RouteConfiguration egress(
      Mesh mesh, int port, int local, Collection<ServiceClusters> services) {
    RouteConfiguration.Builder routes =
        RouteConfiguration.newBuilder().setName(Names.egressRoutes(port));
    for (ServiceClusters service : services) {
      List<String> domains = new ArrayList<>();
      domains.add(service.service().name());
      domains.add(service.service().name() + ":" + port);
      if (local != port) {
        domains.add(service.service().name() + ":" + local);
      }
      routes.addVirtualHosts(virtualHost(service, domains, Optional.empty()));
    }
    String outside =
        mesh.allowsExternalTraffic() ? Names.externalCluster(mesh) : Names.awsCluster(mesh);
    List<String> domains =
        mesh.allowsExternalTraffic()
            ? List.of("*")
            : List.of("*.amazonaws.com", "*.amazonaws.com:" + port);
    return routes
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName("outside")
                .addAllDomains(domains)
                .addRoutes(
                    Route.newBuilder()
                        .setMatch(RouteMatches.of(RouteMatch.EVERYTHING))
                        .setRoute(limited(Timeouts.DEFAULT).setCluster(outside))))
        .build();
  }

  /**
   * A virtual service, as it is asked for by some names.
   *
   * @param hostHeader the header that has the host that the request had before, if one has
   */
  static VirtualHost virtualHost(
      ServiceClusters service, List<String> domains, Optional<String> hostHeader) {
    VirtualHost.Builder host =
        VirtualHost.newBuilder().setName(domains.get(0)).addAllDomains(domains);
    service.service().routes().forEach(route -> host.addRoutes(route(service, route, hostHeader)));
    return host.build();
  }

  private static Route route(
      ServiceClusters service, VirtualRouter.Route route, Optional<String> hostHeader) {
    Route.Builder result = Route.newBuilder().setMatch(RouteMatches.of(route.match()));
    List<WeightedTarget> targets = service.targets(route);
    if (targets.isEmpty()) {
      return result
          .setDirectResponse(DirectResponseAction.newBuilder().setStatus(NO_TARGET))
          .build();
    }
    RouteAction.Builder action =
        limited(route.timeouts()).setRetryPolicy(Retries.of(route.retries()));
    hostHeader.ifPresent(action::setHostRewriteHeader);
    if (targets.size() == 1) {
      action.setCluster(service.cluster(targets.get(0)));
    } else {
      WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
      targets.forEach(
          target ->
              clusters.addClusters(
                  ClusterWeight.newBuilder()
                      .setName(service.cluster(target))
                      .setWeight(UInt32Value.of(target.weight()))));
      action.setWeightedClusters(clusters);
    }
    return result.setRoute(action).build();
  }

  private static RouteAction.Builder limited(Timeouts timeouts) {
    return RouteAction.newBuilder()
        .setTimeout(duration(timeouts.perRequest().orElse(Timeouts.DEFAULT_PER_REQUEST)))
        .setIdleTimeout(duration(timeouts.idle().orElse(Timeouts.DEFAULT_IDLE)));
  }

  static Duration duration(java.time.Duration duration) {
    return Durations.fromMillis(duration.toMillis());
  }
}
