package colorteller.meshservice;

import java.util.concurrent.ThreadFactory;

/** Threads that do not keep the service from ending. */
final class DaemonThreads {

  private DaemonThreads() {}

  static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
