package colorteller.local;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What was opened, to be closed in the opposite order: by {@link #close}, or by Ctrl-C, which ends
 * this process in the middle of anything.
 */
final class Opened implements AutoCloseable {

  private final Deque<AutoCloseable> resources = new ArrayDeque<>();
  private final Thread atExit = new Thread(this::closeAll, "close the local mesh");
  private boolean closed;

  Opened() {
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Remembers what is to be closed. */
  synchronized <T extends AutoCloseable> T add(T resource) {
    if (closed) {
      close(resource);
      throw new MeshFailure("stopped while starting");
    }
    resources.push(resource);
    return resource;
  }

  /** Can be called again. */
  @Override
  public void close() {
    closeAll();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process is ending: the hook has run or runs now, and finds nothing left to do.
    }
  }

  private synchronized void closeAll() {
    closed = true;
    while (!resources.isEmpty()) {
      close(resources.pop());
    }
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      throw new MeshFailure("The mesh did not end cleanly: " + e);
    }
  }
}
