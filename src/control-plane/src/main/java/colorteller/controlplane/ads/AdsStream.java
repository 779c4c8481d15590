package colorteller.controlplane.ads;

import colorteller.controlplane.ads.Subscription.Refused;
import colorteller.mesh.ProxyId;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One Envoy's stream: step by step, it brings the Envoy to what its proxy is to hold, and breaks
 * nothing on the way. Clusters come first, with their endpoints and secrets. Listeners and routes
 * follow when the clusters have been acknowledged, which an Envoy does when it can use them. What
 * is no longer needed is removed when all the rest has been acknowledged.
 *
 * <p>While an Envoy refuses something, it is sent of what comes after only what it does not have:
 * what it has may be all that works.
 */
final class AdsStream implements StreamObserver<DeltaDiscoveryRequest> {

  /**
   * So long listeners and routes wait for clusters: one that nobody answers may warm for minutes.
   */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  /** What a stream asks and tells its server. */
  interface Owner {

    /**
     * Makes a stream one of the proxy of an id.
     *
     * @throws StatusRuntimeException if nothing is known of its mesh
     */
    Proxy join(ProxyId id, AdsStream stream);

    void opened(Proxy proxy);

    void sent(Proxy proxy, ResourceType type, DeltaDiscoveryResponse response);

    void rejected(Proxy proxy, Rejection rejection);

    void acknowledged(Proxy proxy, Duration after);

    void closed(Proxy proxy);
  }

  private final Owner owner;
  private final AdsEvents events;
  private final Caller caller;
  private final StreamObserver<DeltaDiscoveryResponse> responses;
  private final Map<ResourceType, Subscription> subscriptions = new EnumMap<>(ResourceType.class);
  private final Instant connectedAt = Instant.now();
  private final long connected = System.nanoTime();
  private @Nullable Proxy proxy;
  private volatile Proxy.@Nullable Target acknowledged;
  private @Nullable Instant acknowledgedAt;
  // Since when it has not had all that it is to hold; 0 if it has.
  private volatile long behindSince;
  // Since when listeners and routes wait for clusters; 0 if they do not.
  private volatile long waitsSince;
  private boolean ended;

  AdsStream(
      Owner owner,
      AdsEvents events,
      Caller caller,
      StreamObserver<DeltaDiscoveryResponse> responses) {
    this.owner = owner;
    this.events = events;
    this.caller = caller;
    this.responses = responses;
  }

  @Override
  public void onNext(DeltaDiscoveryRequest request) {
    guarded(() -> take(request));
  }

  private synchronized void take(DeltaDiscoveryRequest request) {
    if (ended) {
      return;
    }
    Proxy self = proxy;
    if (self == null) {
      self = owner.join(caller.proxy(request.getNode()), this);
      proxy = self;
      owner.opened(self);
    }
    ResourceType type = ResourceType.of(request.getTypeUrl()).orElse(null);
    if (type == null) {
      // Scoped routes and the like: an Envoy that asks goes on without an answer.
      return;
    }
    Proxy known = self;
    subscriptions
        .computeIfAbsent(type, Subscription::new)
        .take(request)
        .ifPresent(refused -> owner.rejected(known, rejection(known, type, refused)));
    advance(known);
  }

  private static Rejection rejection(Proxy self, ResourceType type, Refused refused) {
    return new Rejection(
        self.id(), type, refused.name(), refused.version(), refused.reason(), refused.at());
  }

  /** Sends what can be sent now; called whenever something has changed. */
  void advance() {
    guarded(
        () -> {
          synchronized (this) {
            if (proxy != null && !ended) {
              advance(proxy);
            }
          }
        });
  }

  /** One stream's fault is nobody else's: the Envoy connects again. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (StatusRuntimeException e) {
      String why = String.valueOf(e.getStatus().getDescription());
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        events.sentAway(why, caller.address());
      } else {
        events.refused(why, caller.address());
      }
      close(e.getStatus());
    } catch (RuntimeException e) {
      events.failed(e, caller.address());
      close(Status.INTERNAL.withDescription("A fault of the control plane"));
    }
  }

  private void advance(Proxy self) {
    Proxy.Target target = self.target().orElse(null);
    if (target == null) {
      behindSince = 0;
      return;
    }
    if (behindSince == 0 && !target.equals(acknowledged)) {
      behindSince = System.nanoTime();
    }
    Snapshot desired = target.snapshot();
    // What it refused is forgotten once it is to hold something else: given again, it is sent
    // again.
    subscriptions.forEach((type, of) -> of.refused(desired.of(type)));
    send(self, ResourceType.CLUSTER, of -> of.next(desired, false)).ifPresent(this::endpointsAnew);
    send(self, ResourceType.ENDPOINT, of -> of.next(desired, false));
    send(self, ResourceType.SECRET, of -> of.next(desired, false));
    if (clustersAreReady()) {
      boolean careful = refuses(desired, ResourceType.CLUSTER);
      send(self, ResourceType.LISTENER, of -> of.next(desired, careful));
      boolean more = careful || refuses(desired, ResourceType.LISTENER);
      send(self, ResourceType.ROUTE, of -> of.next(desired, more));
      // What it has not asked for on this stream yet may refer to what would go.
      if (every(desired, Subscription::hasAll)) {
        Optional<DeltaDiscoveryResponse> removed =
            send(self, ResourceType.LISTENER, of -> of.removals(desired.of(ResourceType.LISTENER)));
        if (removed.isEmpty()) {
          send(self, ResourceType.CLUSTER, of -> of.removals(desired.of(ResourceType.CLUSTER)));
        }
      }
    }
    if (!target.equals(acknowledged) && holds(desired)) {
      acknowledged = target;
      acknowledgedAt = Instant.now();
      behindSince = 0;
      long since = target.since() - connected > 0 ? target.since() : connected;
      owner.acknowledged(self, Duration.ofNanos(System.nanoTime() - since));
    }
  }

  private Optional<DeltaDiscoveryResponse> send(
      Proxy self,
      ResourceType type,
      Function<Subscription, Optional<DeltaDiscoveryResponse>> what) {
    Subscription subscription = subscriptions.get(type);
    if (subscription == null) {
      return Optional.empty();
    }
    Optional<DeltaDiscoveryResponse> response = what.apply(subscription);
    response.ifPresent(
        some -> {
          responses.onNext(some);
          owner.sent(self, type, some);
        });
    return response;
  }

  /** An Envoy that is given a cluster waits for its endpoints, and does not ask for them again. */
  private void endpointsAnew(DeltaDiscoveryResponse clusters) {
    Subscription endpoints = subscriptions.get(ResourceType.ENDPOINT);
    if (endpoints != null) {
      endpoints.sendAnew(
          clusters.getResourcesList().stream().map(resource -> resource.getName()).toList());
    }
  }

  private boolean clustersAreReady() {
    Subscription clusters = subscriptions.get(ResourceType.CLUSTER);
    if (clusters == null || !clusters.isPending()) {
      waitsSince = 0;
      return true;
    }
    if (waitsSince == 0) {
      waitsSince = System.nanoTime();
    }
    return isImpatient();
  }

  /** Whether clusters have had the time that they are given. */
  boolean isImpatient() {
    long since = waitsSince;
    return since != 0 && System.nanoTime() - since > PATIENCE.toNanos();
  }

  private boolean refuses(Snapshot desired, ResourceType type) {
    Subscription subscription = subscriptions.get(type);
    return subscription != null && !subscription.refused(desired.of(type)).isEmpty();
  }

  private boolean holds(Snapshot desired) {
    return every(desired, (of, all) -> of.hasAll(all) && of.hasNothingElse(all));
  }

  private boolean every(
      Snapshot desired, BiPredicate<Subscription, Map<String, Resource>> condition) {
    for (ResourceType type : ResourceType.values()) {
      Subscription subscription = subscriptions.get(type);
      // Envoys ask for the others only where a cluster or listener refers to them.
      if (subscription == null
          ? type.isWildcard() || !desired.of(type).isEmpty()
          : !condition.test(subscription, desired.of(type))) {
        return false;
      }
    }
    return true;
  }

  /** What the Envoy has acknowledged last, as a whole. */
  Proxy.@Nullable Target acknowledged() {
    return acknowledged;
  }

  /** How long the Envoy has not had all that it is to hold, whatever that was meanwhile. */
  Duration behind() {
    long since = behindSince;
    return since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  /** What the Envoy refuses of what it is to hold. */
  synchronized List<Rejection> rejections() {
    Proxy self = proxy;
    if (self == null) {
      return List.of();
    }
    return self.target()
        .map(
            target ->
                subscriptions.entrySet().stream()
                    .flatMap(
                        of ->
                            of.getValue().refused(target.snapshot().of(of.getKey())).stream()
                                .map(refused -> rejection(self, of.getKey(), refused)))
                    .toList())
        .orElse(List.of());
  }

  synchronized ProxyStatus.ConnectedEnvoy status() {
    Proxy.Target done = acknowledged;
    return new ProxyStatus.ConnectedEnvoy(
        caller.address(),
        connectedAt,
        Optional.ofNullable(done).map(target -> target.snapshot().version()),
        Optional.ofNullable(acknowledgedAt),
        rejections());
  }

  @Override
  public void onError(Throwable error) {
    end();
  }

  @Override
  public void onCompleted() {
    synchronized (this) {
      if (!ended) {
        responses.onCompleted();
      }
    }
    end();
  }

  /** Ends the stream from this side; the Envoy connects again, here or elsewhere. */
  void close(Status status) {
    synchronized (this) {
      if (!ended) {
        responses.onError(status.asRuntimeException());
      }
    }
    end();
  }

  /** The Envoy has gone. */
  void end() {
    Proxy self;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      self = proxy;
    }
    if (self != null) {
      self.remove(this);
      owner.closed(self);
    }
  }
}
