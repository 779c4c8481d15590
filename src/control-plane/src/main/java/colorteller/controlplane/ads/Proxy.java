package colorteller.controlplane.ads;

import colorteller.mesh.ProxyId;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One identity: what it is to hold, and the streams of the Envoys that have it. */
final class Proxy {

  /**
   * What a proxy is to hold.
   *
   * @param since when it was given it, as {@link System#nanoTime}
   * @param at the same as a time of day
   */
  record Target(Snapshot snapshot, long since, Instant at) {}

  private final ProxyId id;
  private final Set<AdsStream> streams = new LinkedHashSet<>();
  private volatile @Nullable Target target;

  Proxy(ProxyId id) {
    this.id = id;
  }

  ProxyId id() {
    return id;
  }

  /** Empty as long as no document names it: then nobody knows what it is to hold. */
  Optional<Target> target() {
    return Optional.ofNullable(target);
  }

  /** What it is to hold, as far as that is known. */
  Snapshot snapshot() {
    return target().map(Target::snapshot).orElse(Snapshot.NOTHING);
  }

  /** Gives it something to hold; if that is what it is to hold already, nothing has happened. */
  synchronized void give(Snapshot snapshot) {
    Target former = target;
    if (former == null || !former.snapshot().same(snapshot)) {
      target = new Target(snapshot, System.nanoTime(), Instant.now());
    }
  }

  /** No document names it any more. Its Envoys keep what they have. */
  synchronized void forget() {
    target = null;
  }

  synchronized void add(AdsStream stream) {
    streams.add(stream);
  }

  synchronized void remove(AdsStream stream) {
    streams.remove(stream);
  }

  synchronized List<AdsStream> streams() {
    return List.copyOf(streams);
  }

  /** Whether some Envoy has not acknowledged what it is to hold, or none is connected. */
  synchronized boolean isBehind() {
    Target current = target;
    return current != null
        && (streams.isEmpty()
            || streams.stream().anyMatch(stream -> !current.equals(stream.acknowledged())));
  }
}
