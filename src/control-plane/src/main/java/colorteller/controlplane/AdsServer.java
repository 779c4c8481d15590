package colorteller.controlplane;

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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Serves each Envoy its resources over Envoy's aggregated discovery service (ADS), and knows what
 * each has acknowledged. An Envoy is known by its node id.
 */
public final class AdsServer implements AutoCloseable {

  private final SimpleCache<String> cache = new SimpleCache<>(new ById());
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private final Server server;
  private final Map<String, Set<String>> typesByProxy = new HashMap<>();
  private long version;

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
                new V3DiscoveryServer(acknowledgements, cache).getAggregatedDiscoveryServiceImpl())
            .build()
            .start();
  }

  /** The port that Envoys connect to. */
  public int port() {
    return server.getPort();
  }

  /** Gives every proxy new resources, which those that are connected are sent at once. */
  public void push(Map<String, ProxyResources> proxies) {
    String next = Long.toString(++version);
    typesByProxy.clear();
    proxies.forEach(
        (id, resources) -> {
          typesByProxy.put(id, types(resources));
          cache.setSnapshot(
              id,
              Snapshot.create(
                  resources.clusters(),
                  resources.endpoints(),
                  resources.listeners(),
                  resources.routes(),
                  List.of(),
                  next));
        });
  }

  /**
   * Waits until every proxy has connected, or the limit passes.
   *
   * @param ids of the proxies
   * @return the ids of those that have not
   */
  public Set<String> awaitConnected(Set<String> ids, Duration limit) throws InterruptedException {
    return acknowledgements.awaitConnected(ids, limit);
  }

  /**
   * Waits until every proxy of the last {@link #push} has acknowledged it, or the limit passes.
   *
   * @return the ids of the proxies that have not
   * @throws AdsException when one rejects a resource
   */
  public Set<String> awaitAcknowledged(Duration limit) throws InterruptedException {
    return acknowledgements.await(Long.toString(version), typesByProxy, limit);
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
