package colorteller.controlplane.ads;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import colorteller.controlplane.ProxyResources;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a proxy is to hold: resources as they are sent, with their versions. Those of a type that
 * are as they were before are the same map, so that a stream sees at once that it has nothing to
 * do.
 *
 * <p>The version of endpoints covers the version of their cluster as well: an Envoy that is given a
 * new cluster waits for endpoints, even for the ones that it has.
 */
final class Snapshot {

  /** That of a proxy that is told nothing. */
  static final Snapshot NOTHING =
      new Snapshot(
          Set.of(),
          Stream.of(ResourceType.values()).collect(toMap(type -> type, type -> Map.of())));

  // Names of the clusters whose endpoints are served.
  private final Set<String> withEndpoints;
  private final Map<ResourceType, Map<String, Resource>> resources;

  private Snapshot(Set<String> withEndpoints, Map<ResourceType, Map<String, Resource>> resources) {
    this.withEndpoints = withEndpoints;
    this.resources = resources;
  }

  /** What a proxy is to hold that was told nothing before. */
  static Snapshot of(ProxyResources proxy) {
    return of(proxy, new Serializer(), NOTHING);
  }

  /**
   * What a proxy is to hold.
   *
   * @param serializer of whatever is given at the same time
   * @param before what it was to hold until now
   */
  static Snapshot of(ProxyResources proxy, Serializer serializer, Snapshot before) {
    Map<ResourceType, Map<String, Resource>> all = new EnumMap<>(ResourceType.class);
    for (ResourceType type : ResourceType.values()) {
      Map<String, Resource> named = new LinkedHashMap<>();
      for (Message message : type.of(proxy)) {
        String name = type.name(message);
        ByteString bytes = Serializer.bytes(message);
        String with = with(type, name, all);
        Resource known = before.of(type).get(name);
        named.put(
            name,
            known != null
                    && known.getResource().getValue().equals(bytes)
                    && with(type, name, before.resources).equals(with)
                ? known
                : serializer.resource(type, name, bytes, with));
      }
      all.put(type, before.of(type).equals(named) ? before.of(type) : named);
    }
    return new Snapshot(
        proxy.clusters().stream()
            .filter(cluster -> cluster.getType() == DiscoveryType.EDS)
            .map(Cluster::getName)
            .collect(toUnmodifiableSet()),
        all);
  }

  /** What the version of a resource covers beside itself. */
  private static String with(
      ResourceType type, String name, Map<ResourceType, Map<String, Resource>> resources) {
    Resource cluster =
        type == ResourceType.ENDPOINT
            ? Objects.requireNonNull(resources.get(ResourceType.CLUSTER)).get(name)
            : null;
    return cluster == null ? "" : cluster.getVersion();
  }

  /** The same with other endpoints of those clusters that it has; itself if nothing changes. */
  Snapshot with(Collection<ClusterLoadAssignment> changed, Serializer serializer) {
    // Every proxy is asked this, and few have one of these clusters.
    List<ClusterLoadAssignment> own = new ArrayList<>();
    for (ClusterLoadAssignment one : changed) {
      if (withEndpoints.contains(one.getClusterName())) {
        own.add(one);
      }
    }
    if (own.isEmpty()) {
      return this;
    }
    Map<String, Resource> endpoints = new LinkedHashMap<>(of(ResourceType.ENDPOINT));
    for (ClusterLoadAssignment assignment : own) {
      String name = assignment.getClusterName();
      endpoints.put(
          name,
          serializer.resource(
              ResourceType.ENDPOINT,
              name,
              Serializer.bytes(assignment),
              with(ResourceType.ENDPOINT, name, resources)));
    }
    if (endpoints.equals(of(ResourceType.ENDPOINT))) {
      return this;
    }
    Map<ResourceType, Map<String, Resource>> all = new EnumMap<>(resources);
    all.put(ResourceType.ENDPOINT, endpoints);
    return new Snapshot(withEndpoints, all);
  }

  /** The resources of a type, by name. */
  Map<String, Resource> of(ResourceType type) {
    return Objects.requireNonNull(resources.get(type));
  }

  /**
   * Whether nobody knows what a proxy is to hold of a name: the endpoints of a cluster that it has,
   * and that none are given for. Who asks is told nothing then, and keeps what it has.
   */
  boolean isUnknown(ResourceType type, String name) {
    return type == ResourceType.ENDPOINT
        && of(ResourceType.CLUSTER).containsKey(name)
        && !of(ResourceType.ENDPOINT).containsKey(name);
  }

  /** A name for exactly these resources, in whichever order they came. */
  String version() {
    StringBuilder text = new StringBuilder();
    for (Map<String, Resource> type : resources.values()) {
      new TreeMap<>(type)
          .forEach(
              (name, resource) -> text.append(name).append('\n').append(resource.getVersion()));
      text.append('\0');
    }
    return Serializer.version(text.toString());
  }

  /** Whether both hold the same, whatever the order. */
  boolean same(Snapshot other) {
    return resources.equals(other.resources);
  }
}
