package colorteller.controlplane;

import static java.util.stream.Collectors.toSet;

import colorteller.mesh.ProxyId;
import com.google.protobuf.Any;
import io.envoyproxy.controlplane.cache.NodeGroup;
import io.envoyproxy.controlplane.cache.Resources;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Serves each Envoy its resources over Envoy's aggregated discovery service (ADS), and knows what
 * each has acknowledged. An Envoy is known by its node id, which is its proxy's id.
 *
 * <p>A version is a hash of what it names. So a server that starts again neither sends an Envoy
 * what it has already nor takes what it has for something else.
 */
public final class AdsServer implements AutoCloseable {

  private final SimpleCache<String> cache = new SimpleCache<>(new ById());
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private final Server server;
  private Set<ProxyId> served = Set.of();

  /**
   * Starts to listen.
   *
   * @param address where; port 0 means any free port
   * @throws IOException if the address cannot be bound
   */
  public AdsServer(InetSocketAddress address) throws IOException {
    server =
        NettyServerBuilder.forAddress(address)
            .addService(
                new V3DiscoveryServer(acknowledgements, new RejectedOnce(cache, acknowledgements))
                    .getAggregatedDiscoveryServiceImpl())
            .build()
            .start();
  }

  /** The port that Envoys connect to. */
  public int port() {
    return server.getPort();
  }

  /**
   * Does with resources what pushing them does, but sends them to nobody: the first time loads
   * thousands of classes, which can be done while the Envoys start.
   */
  public void rehearse(Map<ProxyId, ProxyResources> proxies) {
    for (ProxyResources resources : proxies.values()) {
      Snapshot snapshot = snapshot(resources);
      for (String type : types(resources)) {
        snapshot
            .resources(type)
            .values()
            .forEach(resource -> Resources.getResourceName(Any.pack(resource.resource())));
      }
    }
  }

  /**
   * Gives every proxy new resources, which those that are connected are sent at once. A proxy that
   * had resources before and is not among these has none any more.
   */
  public void push(Map<ProxyId, ProxyResources> proxies) {
    Set<ProxyId> removed = new HashSet<>(served);
    removed.removeAll(proxies.keySet());
    served = Set.copyOf(proxies.keySet());
    Map<String, Acknowledgements.Expected> expected = new HashMap<>();
    Map<String, Snapshot> snapshots = new LinkedHashMap<>();
    proxies.forEach(
        (id, resources) -> {
          Snapshot snapshot = snapshot(resources);
          expected.put(
              id.toString(),
              new Acknowledgements.Expected(
                  snapshot.version(Resources.V3.CLUSTER_TYPE_URL), types(resources)));
          snapshots.put(id.toString(), snapshot);
        });
    removed.forEach(id -> snapshots.put(id.toString(), snapshot(ProxyResources.NONE)));
    acknowledgements.expect(expected);
    snapshots.forEach(cache::setSnapshot);
  }

  /** One version for all types: what changes together is sent together. */
  private static Snapshot snapshot(ProxyResources resources) {
    return Snapshot.create(
        resources.clusters(),
        resources.endpoints(),
        resources.listeners(),
        resources.routes(),
        List.of(),
        resources.version());
  }

  /**
   * Waits until every proxy has connected, or the limit passes.
   *
   * @return those that have not
   */
  public Set<ProxyId> awaitConnected(Set<ProxyId> proxies, Duration limit)
      throws InterruptedException {
    return ids(
        acknowledgements.awaitConnected(
            proxies.stream().map(ProxyId::toString).collect(toSet()), limit));
  }

  /**
   * Waits until every proxy of the last {@link #push} has acknowledged it, or the limit passes.
   *
   * @return the proxies that have not
   * @throws AdsException when one rejects a resource
   */
  public Set<ProxyId> awaitAcknowledged(Duration limit) throws InterruptedException {
    return ids(acknowledgements.await(limit));
  }

  private static Set<ProxyId> ids(Set<String> nodes) {
    return nodes.stream().map(node -> ProxyId.parse(node).orElseThrow()).collect(toSet());
  }

  /** Envoys subscribe to endpoints and routes only where a cluster or listener asks for them. */
  private static Set<String> types(ProxyResources resources) {
    Set<String> types = new HashSet<>();
    types.add(Resources.V3.CLUSTER_TYPE_URL);
    types.add(Resources.V3.LISTENER_TYPE_URL);
    if (!resources.endpoints().isEmpty()) {
      types.add(Resources.V3.ENDPOINT_TYPE_URL);
    }
    if (!resources.routes().isEmpty()) {
      types.add(Resources.V3.ROUTE_TYPE_URL);
    }
    return types;
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class ById implements NodeGroup<String> {
    @Override
    public String hash(Node node) {
      return node.getId();
    }
  }
}
