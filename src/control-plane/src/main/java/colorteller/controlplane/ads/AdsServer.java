package colorteller.controlplane.ads;

import static java.util.stream.Collectors.toSet;

import colorteller.controlplane.ProxyResources;
import colorteller.mesh.ProxyId;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
  private final Predicate<String> knows;
  private final Map<ProxyId, Proxy> proxies = new ConcurrentHashMap<>();
  private final Set<ProxyId> behind = ConcurrentHashMap.newKeySet();
  private final Object changed = new Object();
  private long changes;
  private final Streams streams = new Streams();
  private final Timer clock = new Timer("ads-clock", true);
  private volatile @Nullable AdsTransport transport;

  /**
   * Starts to listen on this machine only, for Envoys that are who they say by their node id.
   *
   * @param address a loopback address with a port, 0 for any free one, or on Linux the path of a
   *     Unix domain socket
   * @throws IOException if the address cannot be bound
   */
  public AdsServer(SocketAddress address) throws IOException {
    this(AdsEvents.NONE);
    listen(AdsListening.onThisMachine(address));
  }

  /** Listens nowhere yet. */
  public AdsServer(AdsEvents events) {
    this(events, mesh -> true);
  }

  /**
   * The same, for meshes that it knows. An Envoy of another is sent away, so that it asks another
   * control plane, which may know more.
   *
   * @param knows whether it knows a mesh, by its name
   */
  public AdsServer(AdsEvents events, Predicate<String> knows) {
    this.events = events;
    this.knows = knows;
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

  /**
   * Starts to listen.
   *
   * @throws IOException if the address cannot be bound
   */
  public void listen(AdsListening listening) throws IOException {
    transport = new AdsTransport(listening, events, this::open);
  }

  /** Opens a stream of an Envoy; what it is to be told goes to {@code responses}. */
  AdsStream open(Caller caller, StreamObserver<DeltaDiscoveryResponse> responses) {
    return new AdsStream(streams, events, caller, responses);
  }

  /** Where Envoys connect. */
  public SocketAddress address() {
    return Objects.requireNonNull(transport, "does not listen yet").address();
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
        subscription.next(snapshot, false);
      }
    }
  }

  /** The same with a mesh whose proxies all are given something. */
  public void push(Map<ProxyId, ProxyResources> resources) {
    push(resources.keySet(), resources::get, resources.keySet());
  }

  /**
   * Gives proxies resources, which those that are connected are sent at once, as far as they have
   * changed. Proxies of other meshes are not touched.
   *
   * @param changed those that may have something else to hold
   * @param resources translates what one is to hold; asked by several threads. All have been
   *     translated before anybody is given anything: what cannot be translated changes nothing
   * @param all the proxies of the same meshes. One that is not among these keeps what it has, and
   *     is not waited for
   */
  public synchronized void push(
      Set<ProxyId> changed, Function<ProxyId, ProxyResources> resources, Set<ProxyId> all) {
    Serializer serializer = new Serializer();
    // Each proxy is another's business: all cores take part. What one is to hold is serialized as
    // soon as it has been translated, so that only the bytes of all are in memory at once.
    List<Map.Entry<ProxyId, Snapshot>> given =
        changed.parallelStream()
            .map(id -> Map.entry(id, Snapshot.of(resources.apply(id), serializer, snapshot(id))))
            .toList();
    Set<String> meshes = all.stream().map(ProxyId::mesh).collect(toSet());
    for (Proxy proxy : proxies.values()) {
      if (meshes.contains(proxy.id().mesh()) && !all.contains(proxy.id())) {
        forget(proxy);
      }
    }
    given.parallelStream().forEach(of -> give(of.getKey(), of.getValue()));
    settle();
  }

  /**
   * Gives those proxies that send to these clusters their new endpoints; the others are not
   * touched. Names of clusters hold the name of their mesh.
   */
  public synchronized void pushEndpoints(Collection<ClusterLoadAssignment> endpoints) {
    Serializer serializer = new Serializer();
    for (Proxy proxy : proxies.values()) {
      Snapshot before = proxy.snapshot();
      Snapshot after = before.with(endpoints, serializer);
      if (after != before) {
        give(proxy.id(), after);
      }
    }
    settle();
  }

  /** Whether an Envoy of a mesh is connected. */
  public boolean isConnected(String mesh) {
    return proxies.values().stream()
        .anyMatch(proxy -> proxy.id().mesh().equals(mesh) && !proxy.streams().isEmpty());
  }

  /** No document names a mesh any more. Its Envoys keep what they have. */
  public synchronized void forget(String mesh) {
    for (Proxy proxy : proxies.values()) {
      if (proxy.id().mesh().equals(mesh)) {
        forget(proxy);
      }
    }
    settle();
  }

  private void forget(Proxy proxy) {
    proxy.forget();
    look(proxy);
    removeIfUnused(proxy.id());
  }

  private Snapshot snapshot(ProxyId id) {
    Proxy proxy = proxies.get(id);
    return proxy == null ? Snapshot.NOTHING : proxy.snapshot();
  }

  /** Nobody asks for a proxy that no document names and no Envoy is connected as. */
  private void removeIfUnused(ProxyId id) {
    proxies.computeIfPresent(
        id, (i, proxy) -> proxy.target().isEmpty() && proxy.streams().isEmpty() ? null : proxy);
  }

  private void give(ProxyId id, Snapshot snapshot) {
    // At once, so that its last Envoy does not take it away meanwhile.
    Proxy proxy =
        proxies.compute(
            id,
            (i, known) -> {
              Proxy one = known == null ? new Proxy(i) : known;
              one.give(snapshot);
              return one;
            });
    proxy.streams().forEach(AdsStream::advance);
    look(proxy);
  }

  /** Sees whether a proxy is behind. */
  private void look(Proxy proxy) {
    boolean wasTheLast = false;
    // One after the other, so that none writes down what another has seen change since.
    synchronized (proxy) {
      if (proxy.isBehind()) {
        behind.add(proxy.id());
      } else {
        wasTheLast = behind.remove(proxy.id()) && behind.isEmpty();
      }
    }
    if (wasTheLast) {
      settle();
    }
  }

  private void settle() {
    synchronized (changed) {
      changes++;
      changed.notifyAll();
    }
  }

  /** Every open stream. */
  private Stream<AdsStream> openStreams() {
    return proxies.values().stream().flatMap(proxy -> proxy.streams().stream());
  }

  private void advanceTheImpatient() {
    openStreams().filter(AdsStream::isImpatient).forEach(AdsStream::advance);
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
    while (true) {
      long seen;
      synchronized (changed) {
        seen = changes;
      }
      // Not under that lock: it asks the streams, which have locks of their own.
      Set<ProxyId> still = missing.get();
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (still.isEmpty() || left <= 0) {
        return still;
      }
      synchronized (changed) {
        if (changes == seen) {
          changed.wait(left);
        }
      }
    }
  }

  /** How many proxies have not acknowledged what they are to hold, those without an Envoy too. */
  public int behind() {
    return behind.size();
  }

  /** For how long the one of the connected Envoys that is behind longest has been. */
  public Duration unacknowledged() {
    return openStreams()
        .map(AdsStream::behind)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /** How many resources Envoys reject of what they are to hold. */
  public long rejected() {
    return openStreams().mapToLong(stream -> stream.rejections().size()).sum();
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
    close(Duration.ZERO);
  }

  /**
   * The same, but ends the streams one after the other within some time, so that not all Envoys
   * connect elsewhere at once.
   */
  public void close(Duration within) {
    clock.cancel();
    AdsTransport listening = transport;
    if (listening != null) {
      listening.acceptNoMore();
    }
    List<AdsStream> streams = openStreams().toList();
    long begin = System.nanoTime();
    for (int i = 0; i < streams.size(); i++) {
      long left = begin + within.toNanos() * i / streams.size() - System.nanoTime();
      if (left > 0) {
        LockSupport.parkNanos(left);
      }
      streams.get(i).close(Status.UNAVAILABLE.withDescription("The control plane ends"));
    }
    if (listening != null) {
      listening.close();
    }
  }

  private final class Streams implements AdsStream.Owner {

    @Override
    public Proxy join(ProxyId id, AdsStream stream) {
      Proxy joined =
          proxies.compute(
              id,
              (i, known) -> {
                Proxy proxy = known == null ? new Proxy(i) : known;
                proxy.add(stream);
                return proxy;
              });
      // Asked last: whoever forgets a mesh of which no Envoy is connected sees this one, or this
      // one sees that.
      if (!knows.test(id.mesh())) {
        joined.remove(stream);
        removeIfUnused(id);
        throw Status.UNAVAILABLE
            .withDescription("Of the mesh %s nothing is known here".formatted(id.mesh()))
            .asRuntimeException();
      }
      return joined;
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
      removeIfUnused(proxy.id());
      events.disconnected(proxy.id());
    }
  }
}
