package colorteller.controlplane.ads;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an Envoy does with a stream: asks for clusters and listeners, then for the endpoints and
 * routes that those refer to, takes what it is given or refuses it, and says on its next stream
 * what it has. Answers wait until they are let go, so that a test decides what comes first.
 */
final class SimulatedEnvoy {

  /** What it has of one type: the resources by name. */
  private final Map<ResourceType, Map<String, Resource>> has = new EnumMap<>(ResourceType.class);

  private final Map<ResourceType, Set<String>> asks = new EnumMap<>(ResourceType.class);
  private final Deque<DeltaDiscoveryRequest> answers = new ArrayDeque<>();
  private final Predicate<Resource> refuses;
  private final String nodeId;
  // Clusters that wait for endpoints since they were given, as Envoy's warming ones do.
  private final Set<String> warming = new HashSet<>();
  private @Nullable StreamObserver<DeltaDiscoveryRequest> stream;
  private int sent;

  /** Has nothing. */
  SimulatedEnvoy(String nodeId, Predicate<Resource> refuses) {
    this.nodeId = nodeId;
    this.refuses = refuses;
    for (ResourceType type : ResourceType.values()) {
      has.put(type, new TreeMap<>());
      asks.put(type, new HashSet<>());
    }
  }

  /** Begins a stream, and says what it has. */
  void connect(StreamObserver<DeltaDiscoveryRequest> to) {
    stream = to;
    answers.clear();
    for (ResourceType type : ResourceType.values()) {
      if (type.isWildcard() || !asks.get(type).isEmpty()) {
        to.onNext(first(type));
      }
    }
  }

  private DeltaDiscoveryRequest first(ResourceType type) {
    Map<String, String> versions = new HashMap<>();
    has.get(type).forEach((name, resource) -> versions.put(name, resource.getVersion()));
    return request(type)
        .addAllResourceNamesSubscribe(asks.get(type))
        .putAllInitialResourceVersions(versions)
        .build();
  }

  /** The stream has broken. */
  void disconnected() {
    stream = null;
    answers.clear();
  }

  boolean isConnected() {
    return stream != null;
  }

  /** Lets the oldest answer go; false if there is none. */
  boolean answer() {
    DeltaDiscoveryRequest answer = answers.poll();
    if (answer == null || stream == null) {
      return false;
    }
    stream.onNext(answer);
    return true;
  }

  /** Takes a response. */
  void take(DeltaDiscoveryResponse response) {
    ResourceType type = ResourceType.of(response.getTypeUrl()).orElseThrow();
    sent += response.getResourcesCount() + response.getRemovedResourcesCount();
    DeltaDiscoveryRequest.Builder answer = request(type).setResponseNonce(response.getNonce());
    response.getResourcesList().stream()
        .filter(refuses)
        .findFirst()
        .ifPresentOrElse(
            refused ->
                answer.setErrorDetail(
                    Status.newBuilder().setMessage("refuses " + refused.getName())),
            () -> apply(type, response));
    answers.add(answer.build());
    subscribe();
  }

  private void apply(ResourceType type, DeltaDiscoveryResponse response) {
    for (Resource resource : response.getResourcesList()) {
      if (!type.isWildcard() && !asks.get(type).contains(resource.getName())) {
        // It has meanwhile ceased to ask for this.
        continue;
      }
      has.get(type).put(resource.getName(), resource);
      if (type == ResourceType.CLUSTER) {
        // One whose endpoints are in it waits for nothing.
        warming.remove(resource.getName());
        if (isEds(resource)) {
          warming.add(resource.getName());
        }
      }
      if (type == ResourceType.ENDPOINT) {
        warming.remove(resource.getName());
      }
    }
    for (String removed : response.getRemovedResourcesList()) {
      has.get(type).remove(removed);
      warming.remove(removed);
    }
  }

  /** Asks for what clusters and listeners refer to, and no longer for anything else. */
  private void subscribe() {
    Set<String> endpoints = new HashSet<>();
    for (Resource cluster : has.get(ResourceType.CLUSTER).values()) {
      if (isEds(cluster)) {
        endpoints.add(cluster.getName());
      }
    }
    change(ResourceType.ENDPOINT, endpoints);
    Set<String> routes = new HashSet<>();
    for (Resource listener : has.get(ResourceType.LISTENER).values()) {
      routes.add(route(listener));
    }
    change(ResourceType.ROUTE, routes);
  }

  private void change(ResourceType type, Set<String> to) {
    Set<String> more = new HashSet<>(to);
    more.removeAll(asks.get(type));
    Set<String> less = new HashSet<>(asks.get(type));
    less.removeAll(to);
    if (!more.isEmpty() || !less.isEmpty()) {
      asks.put(type, to);
      has.get(type).keySet().retainAll(to);
      answers.add(
          request(type)
              .addAllResourceNamesSubscribe(more)
              .addAllResourceNamesUnsubscribe(less)
              .build());
    }
  }

  private static boolean isEds(Resource cluster) {
    try {
      return cluster.getResource().unpack(Cluster.class).getType() == DiscoveryType.EDS;
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** The routes that a listener refers to. */
  private static String route(Resource listener) {
    try {
      return listener
          .getResource()
          .unpack(Listener.class)
          .getFilterChains(0)
          .getFilters(0)
          .getTypedConfig()
          .unpack(HttpConnectionManager.class)
          .getRds()
          .getRouteConfigName();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private DeltaDiscoveryRequest.Builder request(ResourceType type) {
    return DeltaDiscoveryRequest.newBuilder()
        .setNode(Node.newBuilder().setId(nodeId))
        .setTypeUrl(type.typeUrl());
  }

  /** What it has of a type. */
  Map<String, Resource> has(ResourceType type) {
    return has.get(type);
  }

  /** Clusters that cannot be used, as they have been given no endpoints since. */
  Set<String> warming() {
    return warming;
  }

  /**
   * How many resources it was sent since the last time that this was asked, removals among them.
   */
  int sent() {
    int count = sent;
    sent = 0;
    return count;
  }
}
