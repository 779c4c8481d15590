package colorteller.controlplane.ads;

import colorteller.mesh.ProxyId;
import java.time.Duration;

/** What happens on the streams, for who counts it. Called in the threads of the streams. */
public interface AdsEvents {

  /** Nobody counts. */
  AdsEvents NONE = new AdsEvents() {};

  /** An Envoy has opened a stream. */
  default void connected(ProxyId proxy) {}

  /** A stream of an Envoy has ended. */
  default void disconnected(ProxyId proxy) {}

  /** Somebody was refused before anything was sent. */
  default void refused(String why) {}

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
