package colorteller.meshservice;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that is read again and again, and how that goes: a fault is logged once with its cause,
 * and again when it is over. Whatever happens, what was read last stays in force.
 */
final class Source {

  private static final Logger LOG = System.getLogger(Source.class.getName());

  private final String name;
  private final Clock clock;
  private final Instant created;
  private volatile @Nullable Instant lastSuccess;
  private volatile @Nullable String fault;

  /**
   * Nothing has been read yet.
   *
   * @param name in logs and metrics, such as {@code cloud-map red.example.local}
   */
  Source(String name, Clock clock) {
    this.name = name;
    this.clock = clock;
    this.created = clock.instant();
  }

  String name() {
    return name;
  }

  /** It was read, and what it says is in force. */
  synchronized void succeeded() {
    String former = fault;
    if (former != null) {
      LOG.log(Level.INFO, "{0}: well again after {1} s", name, sinceSuccess().toSeconds());
      fault = null;
    }
    lastSuccess = clock.instant();
  }

  /** It cannot be read, or what it says cannot be used. */
  synchronized void failed(String why) {
    if (!why.equals(fault)) {
      LOG.log(Level.ERROR, "{0}: {1}; what was in force stays in force", name, why);
      fault = why;
    }
  }

  /** Why it cannot be used now. */
  Optional<String> fault() {
    return Optional.ofNullable(fault);
  }

  /** When it was last read with success. */
  Optional<Instant> lastSuccess() {
    return Optional.ofNullable(lastSuccess);
  }

  /** How long ago that was, or how long nothing has been read. */
  Duration sinceSuccess() {
    return Duration.between(lastSuccess().orElse(created), clock.instant());
  }
}
