package colorteller.page;

import io.undertow.server.handlers.sse.ServerSentEventConnection;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/** Tells everybody who listens what happens, as server-sent events. */
final class Events implements AutoCloseable {

  private static final long KEEP_ALIVE_MILLIS = 10_000;
  private static final long FLUSH_LIMIT_MILLIS = 1_000;

  /** Who has not read so many of its events is let go; its browser comes again by itself. */
  private static final int UNREAD_LIMIT = 500;

  private final Set<Listener> listeners = new LinkedHashSet<>();
  private boolean closed;

  /** One that listens; it never waits for its reader. */
  private record Listener(ServerSentEventConnection connection, AtomicInteger unread)
      implements ServerSentEventConnection.EventCallback {

    void send(String event, String json) {
      if (unread.incrementAndGet() > UNREAD_LIMIT) {
        IoUtils.safeClose(connection);
      } else {
        connection.send(json, event, null, this);
      }
    }

    @Override
    public void done(
        ServerSentEventConnection c,
        @Nullable String data,
        @Nullable String event,
        @Nullable String id) {
      unread.decrementAndGet();
    }

    @Override
    public void failed(
        ServerSentEventConnection c,
        @Nullable String data,
        @Nullable String event,
        @Nullable String id,
        IOException e) {
      unread.decrementAndGet();
    }
  }

  /**
   * Takes one in.
   *
   * @param first what it is told first, events with their JSON
   */
  synchronized void add(ServerSentEventConnection connection, Supplier<Map<String, String>> first) {
    if (closed) {
      connection.shutdown();
      return;
    }
    Listener listener = new Listener(connection, new AtomicInteger());
    listeners.add(listener);
    connection.setKeepAliveTime(KEEP_ALIVE_MILLIS);
    connection.addCloseTask(channel -> remove(listener));
    first.get().forEach(listener::send);
  }

  private synchronized void remove(Listener listener) {
    listeners.remove(listener);
    notifyAll();
  }

  /** Tells all. */
  void send(String event, String json) {
    send(event, () -> json);
  }

  /**
   * Tells all what is known then: of whoever is taken in meanwhile, it is told before or after.
   * Whoever gives it must not hold a lock that it needs for that.
   */
  synchronized void send(String event, Supplier<String> json) {
    String told = json.get();
    Set.copyOf(listeners).forEach(listener -> listener.send(event, told));
  }

  /** Lets all go, once they have what was sent. */
  @Override
  public synchronized void close() {
    closed = true;
    Set.copyOf(listeners).forEach(listener -> listener.connection().shutdown());
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FLUSH_LIMIT_MILLIS);
    try {
      while (!listeners.isEmpty() && System.nanoTime() < deadline) {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, deadline - System.nanoTime()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
