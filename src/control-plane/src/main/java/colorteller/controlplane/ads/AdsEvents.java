package colorteller.controlplane.ads;

import colorteller.mesh.ProxyId;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** What happens on the streams, for who counts it. Called in the threads of the streams. */
public interface AdsEvents {

  /** Nobody counts. */
  AdsEvents NONE = new AdsEvents() {};

  /** An Envoy has opened a stream. */
  default void connected(ProxyId proxy) {}

  /** A stream of an Envoy has ended. */
  default void disconnected(ProxyId proxy) {}

  /**
   * Somebody was refused before anything was sent. Whoever is refused tries again and again.
   *
   * @param address where it connects from, which is another with each try
   */
  default void refused(String why, String address) {}

  /** An Envoy of a mesh of which nothing is known here was told to ask elsewhere, or later. */
  default void sentAway(String why, String address) {}

  /**
   * A connection has ended before its TLS handshake had. If a certificate was refused, whoever did
   * that knows why; nobody hears of one who shows none, or breaks off.
   */
  default void handshakeFailed() {}

  /** A fault of the control plane has ended a stream. The Envoy connects again. */
  default void failed(RuntimeException fault, String address) {
    System.getLogger(AdsEvents.class.getName())
        .log(Level.ERROR, "A stream of " + address + " is ended by a fault", fault);
  }

  /** A response has been sent. */
  default void sent(ProxyId proxy, ResourceType type, int resources, int removed) {}

  /** An Envoy has refused a resource. */
  default void rejected(Rejection rejection) {}

  /**
   * An Envoy has acknowledged all that it is to hold.
   *
   * @param after how long after it was told, or after it has connected, if that was later
   */
  default void acknowledged(ProxyId proxy, Duration after) {}
}
