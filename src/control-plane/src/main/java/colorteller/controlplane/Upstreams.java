package colorteller.controlplane;

import colorteller.mesh.ClientTls;
import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualRouter.Route;
import colorteller.mesh.WeightedTarget;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What one client's Envoy sends to, and the clusters' names for it. */
final class Upstreams {

  private final Mesh mesh;
  private final Map<Upstream, String> names = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>();

  Upstreams(Mesh mesh) {
    this.mesh = mesh;
  }

  /** Adds whatever is behind a virtual service, and gives the service with the clusters' names. */
  ServiceClusters add(ServicePort service, Optional<ClientTls> policy) {
    Map<WeightedTarget, String> clusters = new LinkedHashMap<>();
    for (Route route : service.routes()) {
      for (WeightedTarget target : route.targets()) {
        clusters.put(target, name(service, Upstream.of(mesh, service, target, policy)));
      }
    }
    return new ServiceClusters(service, clusters);
  }

  /** All that was added, each once, by the name of its cluster. */
  Map<Upstream, String> all() {
    return names;
  }

  /** Two virtual services may lead to the same listener by different client policies. */
  private String name(ServicePort service, Upstream upstream) {
    return names.computeIfAbsent(
        upstream,
        added -> {
          String name = upstream.cluster(mesh);
          while (!taken.add(name)) {
            name += "_" + service.name();
          }
          return name;
        });
  }

  /**
   * A virtual service as a client's Envoy sends to it.
   *
   * @param service the virtual service
   * @param clusters the name of each target's cluster
   */
  record ServiceClusters(ServicePort service, Map<WeightedTarget, String> clusters) {

    /** The targets of a route that get anything. */
    List<WeightedTarget> targets(Route route) {
      return route.targets().stream().filter(target -> target.weight() > 0).toList();
    }

    String cluster(WeightedTarget target) {
      return Objects.requireNonNull(clusters.get(target));
    }
  }
}
