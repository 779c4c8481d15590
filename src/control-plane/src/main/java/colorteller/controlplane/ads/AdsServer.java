package colorteller.controlplane.ads;

import static java.util.stream.Collectors.toSet;

import colorteller.controlplane.ProxyResources;
import colorteller.mesh.ProxyId;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Status;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Serves each Envoy its resources over Envoy's incremental aggregated discovery service (delta
 * ADS), and knows what each has acknowledged. Several Envoys may be the same proxy.
 *
 * <p>A version is a hash of what it names. So an Envoy that connects again, to this server or to
 * another, is sent what differs from what it has, and nothing else.
 */
public final class AdsServer implements AutoCloseable {

  private static final long LOOK_FOR_IMPATIENT_MILLIS = 500;

  private final AdsEvents events;
  private final Map<ProxyId, Proxy> proxies = new ConcurrentHashMap<>();
  // Which proxies have the endpoints of a cluster.
  private final Map<String, Set<Proxy>> byEndpoints = new HashMap<>();
  private final Set<ProxyId> behind = ConcurrentHashMap.newKeySet();
  private final Object changed = new Object();
  private final Timer clock = new Timer("ads-clock", true);
  private final AdsTransport transport;

  /**
   * Starts to listen on this machine only, for Envoys that are who they say by their node id.
   *
   * @param address a loopback address with a port, 0 for any free one, or on Linux the path of a
   *     Unix domain socket
   * @throws IOException if the address cannot be bound
   */
  public AdsServer(SocketAddress address) throws IOException {
    this(AdsListening.onThisMachine(address), AdsEvents.NONE);
  }

  /**
   * Starts to listen.
   *
   * @throws IOException if the address cannot be bound
   */
  public AdsServer(AdsListening listening, AdsEvents events) throws IOException {
    this.events = events;
    transport = new AdsTransport(listening, new Streams());
    clock.schedule(
        new TimerTask() {
          @Override
          public void run() {
            advanceTheImpatient();
          }
        },
        LOOK_FOR_IMPATIENT_MILLIS,
        LOOK_FOR_IMPATIENT_MILLIS);
  }

  /** Where Envoys connect. */
  public SocketAddress address() {
    return transport.address();
  }

  /**
   * Does with resources what pushing them does, but sends them to nobody: the first time loads
   * thousands of classes, which can be done while the Envoys start.
   */
  public void rehearse(Map<ProxyId, ProxyResources> resources) {
    for (ProxyResources proxy : resources.values()) {
      Snapshot snapshot = Snapshot.of(proxy);
      for (ResourceType type : ResourceType.values()) {
        Subscription subscription = new Subscription(type);
        subscription.take(DeltaDiscoveryRequest.getDefaultInstance());
        subscription.next(snapshot.of(type), false);
      }
    }
  }

  /**
   * Gives every proxy resources, which those that are connected are sent at once, as far as they
   * have changed. A proxy that is not among these keeps what it has, and is not waited for.
   */
  public synchronized void push(Map<ProxyId, ProxyResources> resources) {
    proxies.forEach(
        (id, proxy) -> {
          if (!resources.containsKey(id)) {
            proxy.forget();
            behind.remove(id);
          }
        });
    byEndpoints.clear();
    resources.forEach(
        (id, own) -> {
          Proxy proxy = proxies.computeIfAbsent(id, Proxy::new);
          own.endpoints()
              .forEach(
                  assignment ->
                      byEndpoints
                          .computeIfAbsent(assignment.getClusterName(), c -> new HashSet<>())
                          .add(proxy));
          give(proxy, Snapshot.of(own));
        });
    // Nobody asks for what no document names and nobody is connected as.
    proxies.values().removeIf(proxy -> proxy.target().isEmpty() && proxy.streams().isEmpty());
    settle();
  }

  /**
   * Gives those proxies that have the endpoints of these clusters new ones; the others are not
   * touched. Names of clusters hold the name of their mesh.
   */
  public synchronized void pushEndpoints(Collection<ClusterLoadAssignment> endpoints) {
    Set<Proxy> concerned = new HashSet<>();
    endpoints.forEach(
        assignment ->
            concerned.addAll(byEndpoints.getOrDefault(assignment.getClusterName(), Set.of())));
    for (Proxy proxy : concerned) {
      proxy.target().ifPresent(target -> give(proxy, target.snapshot().withEndpoints(endpoints)));
    }
    settle();
  }

  private void give(Proxy proxy, Snapshot snapshot) {
    if (proxy.give(snapshot)) {
      behind.add(proxy.id());
      proxy.streams().forEach(AdsStream::advance);
    }
    look(proxy);
  }

  private void look(Proxy proxy) {
    if (proxy.hasAcknowledged()) {
      if (behind.remove(proxy.id()) && behind.isEmpty()) {
        settle();
      }
    } else if (proxy.target().isPresent()) {
      behind.add(proxy.id());
    }
  }

  private void settle() {
    synchronized (changed) {
      changed.notifyAll();
    }
  }

  private void advanceTheImpatient() {
    proxies.values().stream()
        .flatMap(proxy -> proxy.streams().stream())
        .filter(AdsStream::isImpatient)
        .forEach(AdsStream::advance);
  }

  /**
   * Waits until every proxy has connected, or the limit passes.
   *
   * @return those that have not
   */
  public Set<ProxyId> awaitConnected(Set<ProxyId> expected, Duration limit)
      throws InterruptedException {
    return await(
        limit,
        () ->
            expected.stream()
                .filter(
                    id ->
                        Optional.ofNullable(proxies.get(id))
                            .filter(proxy -> !proxy.streams().isEmpty())
                            .isEmpty())
                .collect(toSet()));
  }

  /**
   * Waits until every proxy of the last {@link #push} has acknowledged what it is to hold, by every
   * Envoy that is connected as it, or the limit passes.
   *
   * @return the proxies that have not
   * @throws AdsException when one rejects a resource
   */
  public Set<ProxyId> awaitAcknowledged(Duration limit) throws InterruptedException {
    return await(
        limit,
        () -> {
          Set<ProxyId> missing = Set.copyOf(behind);
          missing.stream()
              .flatMap(id -> Optional.ofNullable(proxies.get(id)).stream())
              .flatMap(proxy -> proxy.streams().stream())
              .flatMap(stream -> stream.rejections().stream())
              .findFirst()
              .ifPresent(
                  rejection -> {
                    throw new AdsException(rejection.toString());
                  });
          return missing;
        });
  }

  private Set<ProxyId> await(Duration limit, Supplier<Set<ProxyId>> missing)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (changed) {
      while (true) {
        Set<ProxyId> still = missing.get();
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (still.isEmpty() || left <= 0) {
          return still;
        }
        changed.wait(left);
      }
    }
  }

  /** Every proxy that a document names or an Envoy is connected as, in the order of their names. */
  public List<ProxyStatus> status() {
    return proxies.values().stream()
        .map(
            proxy ->
                new ProxyStatus(
                    proxy.id(),
                    proxy.target().map(target -> target.snapshot().version()),
                    proxy.target().map(Proxy.Target::at),
                    proxy.streams().stream().map(AdsStream::status).toList()))
        .sorted(Comparator.comparing(status -> status.proxy().toString()))
        .toList();
  }

  /** Ends every stream, and listens no more. The Envoys keep what they have. */
  @Override
  public void close() {
    clock.cancel();
    proxies.values().stream()
        .flatMap(proxy -> proxy.streams().stream())
        .forEach(
            stream -> stream.close(Status.UNAVAILABLE.withDescription("The control plane ends")));
    transport.close();
  }

  private final class Streams implements AdsStream.Owner {

    @Override
    public Proxy proxy(ProxyId id) {
      return proxies.computeIfAbsent(id, Proxy::new);
    }

    @Override
    public void refused(String why) {
      events.refused(why);
    }

    @Override
    public void opened(Proxy proxy) {
      // It has nothing yet, so its proxy is behind until it has.
      look(proxy);
      events.connected(proxy.id());
      settle();
    }

    @Override
    public void sent(Proxy proxy, ResourceType type, DeltaDiscoveryResponse response) {
      events.sent(
          proxy.id(), type, response.getResourcesCount(), response.getRemovedResourcesCount());
    }

    @Override
    public void rejected(Proxy proxy, Rejection rejection) {
      events.rejected(rejection);
      settle();
    }

    @Override
    public void acknowledged(Proxy proxy, Duration after) {
      look(proxy);
      events.acknowledged(proxy.id(), after);
    }

    @Override
    public void closed(Proxy proxy) {
      look(proxy);
      events.disconnected(proxy.id());
    }
  }
}
