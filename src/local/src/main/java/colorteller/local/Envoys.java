package colorteller.local;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableSet;

import colorteller.mesh.ProxyId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The Envoys of a mesh: a process for each proxy, or for each of its tasks. */
public final class Envoys implements AutoCloseable {

  /** Waits for something of every Envoy; gives the proxies where it is not within a limit. */
  interface Wait {
    Set<ProxyId> missing(Duration limit) throws InterruptedException;
  }

  // How often a wait looks whether an Envoy has ended.
  private static final Duration LOOK = Duration.ofMillis(200);

  private final List<EnvoyProcess> processes = new CopyOnWriteArrayList<>();
  private final Map<ProxyId, AccessLog> accessLogs = new ConcurrentHashMap<>();
  private int started;
  private boolean closed;

  /**
   * Starts the Envoy of a proxy.
   *
   * @param binary the Envoy executable
   * @param bootstrap what it is told at its start
   * @param place where it runs
   * @param folder for a folder with its files
   */
  public synchronized EnvoyProcess start(
      Path binary, Bootstrap bootstrap, EnvoyProcess.Place place, Path folder) throws IOException {
    if (closed) {
      throw new MeshFailure("stopped while starting");
    }
    accessLogs.computeIfAbsent(
        bootstrap.proxy(), id -> new AccessLog(folder.resolve("access-%d.log".formatted(started))));
    Path own = folder.resolve("proxy-" + started++);
    EnvoyProcess process = new EnvoyProcess(binary, bootstrap, place, own);
    processes.add(process);
    return process;
  }

  /** Knows nothing any more of an Envoy that is to end. */
  public void forget(EnvoyProcess process) {
    processes.remove(process);
  }

  /** The proxies that have an Envoy. */
  public Set<ProxyId> proxies() {
    return processes.stream().map(EnvoyProcess::proxy).collect(toUnmodifiableSet());
  }

  /** The Envoys of a proxy, the oldest first. */
  public List<EnvoyProcess> of(ProxyId proxy) {
    return processes.stream().filter(process -> process.proxy().equals(proxy)).toList();
  }

  /** What the Envoys of a proxy write about requests, all of them into one file. */
  public AccessLog accessLog(ProxyId proxy) {
    return Objects.requireNonNull(accessLogs.get(proxy), proxy::toString);
  }

  /** How an Envoy of a proxy has ended, if one has. */
  Optional<String> ended(ProxyId proxy) {
    return of(proxy).stream()
        .filter(process -> !process.isAlive())
        .map(EnvoyProcess::obituary)
        .findFirst();
  }

  /** The URL of the admin interface of each proxy's oldest Envoy. */
  public Map<ProxyId, String> adminUrls() {
    Map<ProxyId, String> result = new LinkedHashMap<>();
    processes.forEach(process -> result.putIfAbsent(process.proxy(), process.adminUrl()));
    return result;
  }

  /**
   * Fails if one has ended.
   *
   * @throws MeshFailure which names it
   */
  void supervise() {
    proxies().forEach(this::supervise);
  }

  private void supervise(ProxyId proxy) {
    ended(proxy)
        .ifPresent(
            obituary -> {
              throw new MeshFailure(obituary);
            });
  }

  /**
   * Waits until all have done something.
   *
   * @param what they do, in words
   * @throws MeshFailure if one has ended, or is not done in time
   */
  void await(String what, Duration limit, Wait wait) {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (true) {
        Set<ProxyId> missing = wait.missing(LOOK);
        if (missing.isEmpty()) {
          return;
        }
        missing.forEach(this::supervise);
        if (System.nanoTime() > deadline) {
          throw new MeshFailure(
              "After %d s, these Envoys did not %s: %s"
                  .formatted(
                      limit.toSeconds(),
                      what,
                      missing.stream().map(ProxyId::toString).sorted().collect(joining(", "))));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeshFailure("interrupted while waiting for the Envoys to " + what);
    }
  }

  /** What waits until some statistics are 0 in every Envoy. */
  Wait zero(String... statistics) {
    String regex =
        Stream.of(statistics)
            .map(name -> name.replace(".", "\\."))
            .collect(joining("|", "^(", ")$"));
    return limit -> {
      long deadline = System.nanoTime() + limit.toNanos();
      List<EnvoyProcess> missing = new ArrayList<>(processes);
      while (true) {
        missing.removeIf(
            process -> {
              Map<String, Long> values = process.statistics(regex);
              return values.size() == statistics.length
                  && values.values().stream().allMatch(value -> value == 0);
            });
        if (missing.isEmpty() || System.nanoTime() > deadline) {
          return missing.stream().map(EnvoyProcess::proxy).collect(toUnmodifiableSet());
        }
        Pause.briefly();
      }
    };
  }

  @Override
  public synchronized void close() {
    closed = true;
    // All are told at once, so that closing takes as long as the slowest.
    processes.forEach(EnvoyProcess::stop);
    processes.forEach(EnvoyProcess::close);
  }
}
