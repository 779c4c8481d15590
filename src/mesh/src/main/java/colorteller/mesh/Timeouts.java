package colorteller.mesh;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a request may take. A duration of zero takes the limit away.
 *
 * @param perRequest for the whole response; empty for App Mesh's default. TCP has none
 * @param idle while nothing is sent; empty for App Mesh's default
 */
public record Timeouts(Optional<Duration> perRequest, Optional<Duration> idle) {

  /** Of requests, where nothing is said. */
  public static final Duration DEFAULT_PER_REQUEST = Duration.ofSeconds(15);

  /** Of requests, where nothing is said. Connections of TCP may be idle as Envoy allows it. */
  public static final Duration DEFAULT_IDLE = Duration.ofMinutes(5);

  /** Nothing is said. */
  public static final Timeouts DEFAULT = new Timeouts(Optional.empty(), Optional.empty());
}
