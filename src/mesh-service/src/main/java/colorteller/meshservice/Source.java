package colorteller.meshservice;

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

  private final String name;
  private final Clock clock;
  // Two faults may take turns, and one may come and go.
  private final SparseLog log;
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
    this.log = new SparseLog(System.getLogger(Source.class.getName()), clock);
    this.created = clock.instant();
  }

  String name() {
    return name;
  }

  /** It was read, and what it says is in force. */
  synchronized void succeeded() {
    if (fault != null) {
      log.say(
          Level.INFO, name + ": well again", " after %d s".formatted(sinceSuccess().toSeconds()));
      fault = null;
    }
    lastSuccess = clock.instant();
  }

  /** It cannot be read, or what it says cannot be used. */
  void failed(String why) {
    failed(why, null);
  }

  /** The same, by a fault of the control plane's own. */
  void failed(Throwable fault) {
    failed("a fault of the control plane: " + fault, fault);
  }

  /** The same; what was thrown is told with it. */
  synchronized void failed(String why, @Nullable Throwable thrown) {
    if (!why.equals(fault)) {
      log.say(Level.ERROR, name + ": " + why, "; what was in force stays in force", thrown);
      fault = why;
    }
  }

  /** Something else that there is to say of it. */
  void tell(Level level, String what) {
    log.say(level, name + ": " + what, "");
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
