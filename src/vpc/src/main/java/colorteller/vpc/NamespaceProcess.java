package colorteller.vpc;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A process in a namespace. What this program starts is {@code nsenter}, which waits for it; a
 * signal must go to the process itself.
 */
final class NamespaceProcess {

  private final Process entry;

  NamespaceProcess(Process entry) {
    this.entry = entry;
  }

  boolean isAlive() {
    return entry.isAlive();
  }

  /** Its number on this machine, outside of its namespace. */
  long pid() {
    return itself().pid();
  }

  private ProcessHandle itself() {
    // The last one, since each that leads there has one child.
    return entry.toHandle().descendants().reduce((first, last) -> last).orElse(entry.toHandle());
  }

  /** Sends SIGTERM and waits; SIGKILL follows where that is not heeded. */
  void stop(Duration limit) {
    ProcessHandle itself = itself();
    itself.destroy();
    try {
      if (!entry.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        itself.destroyForcibly();
        entry.waitFor();
      }
    } catch (InterruptedException e) {
      itself.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
