package colorteller.controlplane.ads;

import colorteller.mesh.ProxyId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the control plane knows of a proxy.
 *
 * @param version what it is to hold; empty if no document names it
 * @param since when it was given that
 * @param connections its Envoys
 */
public record ProxyStatus(
    ProxyId proxy,
    Optional<String> version,
    Optional<Instant> since,
    List<Connection> connections) {

  /**
   * An Envoy that is connected.
   *
   * @param peer its address
   * @param connectedAt when it opened its stream
   * @param acknowledged the version that it has acknowledged last
   * @param acknowledgedAt when
   * @param rejections what it refuses of what it is to hold
   */
  public record Connection(
      String peer,
      Instant connectedAt,
      Optional<String> acknowledged,
      Optional<Instant> acknowledgedAt,
      List<Rejection> rejections) {}
}
