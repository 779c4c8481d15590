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
    // What leads there has one child, and becomes what it leads to.
    return entry.children().findFirst().orElse(entry.toHandle());
  }

  /** Sends SIGTERM and waits; SIGKILL follows where that is not heeded. */
  void stop(Duration limit) {
    ProcessHandle itself = itself();
    itself.destroy();
    try {
      if (!entry.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
        entry.waitFor();
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
  }

  /** Sends SIGKILL, as to a container: all that it has started ends with it. */
  void kill() {
    entry.descendants().forEach(ProcessHandle::destroyForcibly);
  }
}
