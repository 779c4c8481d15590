package colorteller.controlplane.ads;

import colorteller.mesh.ProxyId;
import java.time.Instant;

/**
 * An Envoy has refused a resource. It keeps what it had in its place, and is not sent the same
 * again on the same stream.
 *
 * @param proxy whose Envoy
 * @param name the resource's
 * @param version the resource's
 * @param reason as the Envoy says it
 * @param at when
 */
public record Rejection(
    ProxyId proxy, ResourceType type, String name, String version, String reason, Instant at) {

  @Override
  public String toString() {
    return "%s rejects its %s %s: %s".formatted(proxy, type, name, reason);
  }
}
