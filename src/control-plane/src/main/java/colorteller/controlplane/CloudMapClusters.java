package colorteller.controlplane;

import colorteller.mesh.ServiceDiscovery.CloudMap;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The clusters through which a mesh's Envoys send to nodes that are found by Cloud Map. So a
 * changed instance costs the endpoints of those clusters that it belongs to, however large the mesh
 * is.
 */
public final class CloudMapClusters {

  private final Translator translator;
  // By service and name; found when they are asked for first.
  private @Nullable Map<CloudMap, Map<String, Upstream>> clusters;

  /** Those of a mesh; the translator's instances do not matter. */
  public CloudMapClusters(Translator translator) {
    this.translator = translator;
  }

  /** The endpoints of all clusters that send to what is registered with a service. */
  public synchronized List<ClusterLoadAssignment> endpoints(
      CloudMap service, List<Instance> instances) {
    Map<CloudMap, Map<String, Upstream>> known = clusters;
    if (known == null) {
      known = find();
      clusters = known;
    }
    return known.getOrDefault(service, Map.of()).entrySet().stream()
        .map(
            cluster ->
                Endpoints.fromCloudMap(
                    translator.mesh(),
                    cluster.getValue(),
                    cluster.getKey(),
                    instances,
                    translator.placement()))
        .toList();
  }

  private Map<CloudMap, Map<String, Upstream>> find() {
    Map<CloudMap, Map<String, Upstream>> found = new HashMap<>();
    translator
        .upstreams()
        .forEach(
            upstreams ->
                upstreams
                    .all()
                    .forEach(
                        (upstream, name) ->
                            upstream
                                .cloudMap()
                                .ifPresent(
                                    discovery ->
                                        found
                                            .computeIfAbsent(
                                                discovery.service(), s -> new LinkedHashMap<>())
                                            .put(name, upstream))));
    return found;
  }
}
