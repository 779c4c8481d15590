package colorteller.meshservice;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What is done again and again. Each kind goes well or not, as what is read does; whatever comes of
 * one round, there is a next.
 */
final class Rounds implements AutoCloseable {

  private final Clock clock;
  private final ScheduledExecutorService threads;
  private final List<Source> sources = new CopyOnWriteArrayList<>();

  /**
   * Does nothing yet.
   *
   * @param kinds a thread for each: a source that does not answer holds up no other, nor the
   *     metrics that tell of it
   */
  Rounds(int kinds, Clock clock) {
    this.clock = clock;
    threads = Executors.newScheduledThreadPool(kinds, DaemonThreads.named("rounds"));
  }

  /** How each kind goes. */
  Stream<Source> sources() {
    return sources.stream();
  }

  /** Begins one. */
  void every(String name, Duration interval, Runnable round) {
    Source source = new Source("round of " + name, clock);
    sources.add(source);
    var unused =
        threads.scheduleWithFixedDelay(
            () -> {
              try {
                round.run();
                source.succeeded();
              } catch (RuntimeException | Error e) {
                // One that throws would never be run again, and nobody would hear of it.
                source.failed(e);
              }
            },
            0,
            interval.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
