package colorteller.controlplane;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.List;
import java.util.Map;

/**
 * Everything that one Envoy is told.
 *
 * @param clusters where it sends
 * @param endpoints the addresses of those clusters that are not in the clusters themselves
 * @param listeners where it takes connections
 * @param routes which requests go to which cluster
 * @param secrets where the certificates are that clusters and listeners name
 */
public record ProxyResources(
    List<Cluster> clusters,
    List<ClusterLoadAssignment> endpoints,
    List<Listener> listeners,
    List<RouteConfiguration> routes,
    List<Secret> secrets) {

  /** What an Envoy is told that has nothing to do. */
  public static final ProxyResources NONE =
      new ProxyResources(List.of(), List.of(), List.of(), List.of());

  /** Without secrets. */
  public ProxyResources(
      List<Cluster> clusters,
      List<ClusterLoadAssignment> endpoints,
      List<Listener> listeners,
      List<RouteConfiguration> routes) {
    this(clusters, endpoints, listeners, routes, List.of());
  }

  /** The same for an Envoy that cannot ask for secrets: they stand where they are named. */
  public ProxyResources withSecretsInPlace() {
    return SecretsInPlace.of(this);
  }

  /** The resources as JSON, in Envoy's own field names. */
  public String toJson() {
    return ResourcesJson.of(this);
  }

  /** Those of several Envoys: an object {@code proxies} with a member for each. */
  public static String toJson(Map<String, ProxyResources> proxies) {
    return ResourcesJson.of(proxies);
  }
}
