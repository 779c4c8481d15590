package colorteller.local;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What was opened, to be closed in the opposite order: by {@link #close}, or by Ctrl-C, which ends
 * this process in the middle of anything.
 */
public final class Opened implements AutoCloseable {

  private final Deque<AutoCloseable> resources = new ArrayDeque<>();
  private final Thread atExit = new Thread(this::closeAll, "close the local mesh");
  private boolean closed;

  public Opened() {
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Remembers what is to be closed. */
  public synchronized <T extends AutoCloseable> T add(T resource) {
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
    List<Exception> failures = new ArrayList<>();
    while (!resources.isEmpty()) {
      try {
        resources.pop().close();
      } catch (Exception e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw notClean(failures.get(0));
    }
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      throw notClean(e);
    }
  }

  private static MeshFailure notClean(Exception e) {
    return new MeshFailure("The mesh did not end cleanly: " + e);
  }
}
