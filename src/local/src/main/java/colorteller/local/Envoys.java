package colorteller.local;

import static java.util.stream.Collectors.joining;

import colorteller.mesh.ProxyId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The Envoys of a mesh: a process for each proxy. */
final class Envoys implements AutoCloseable {

  /** Waits for something of every Envoy; gives the proxies where it is not within a limit. */
  interface Wait {
    Set<ProxyId> missing(Duration limit) throws InterruptedException;
  }

  // How often a wait looks whether an Envoy has ended.
  private static final Duration LOOK = Duration.ofMillis(200);

  private final Map<ProxyId, EnvoyProcess> processes = new LinkedHashMap<>();
  private boolean closed;

  /**
   * Starts the Envoy of a proxy.
   *
   * @param binary the Envoy executable
   * @param adminPort where its admin interface listens
   * @param adsPort where the control plane listens on 127.0.0.1
   * @param folder for a folder with its files
   */
  synchronized void start(Path binary, ProxyId proxy, int adminPort, int adsPort, Path folder)
      throws IOException {
    if (closed) {
      throw new MeshFailure("stopped while starting");
    }
    Path own = folder.resolve("proxy-" + processes.size());
    processes.put(proxy, new EnvoyProcess(binary, proxy, adminPort, adsPort, own));
  }

  EnvoyProcess of(ProxyId proxy) {
    return Objects.requireNonNull(processes.get(proxy), proxy::toString);
  }

  /** The port of each Envoy's admin interface on 127.0.0.1. */
  Map<ProxyId, Integer> adminPorts() {
    Map<ProxyId, Integer> result = new LinkedHashMap<>();
    processes.forEach((proxy, process) -> result.put(proxy, process.adminPort()));
    return result;
  }

  /**
   * Fails if one has ended.
   *
   * @throws MeshFailure which names it
   */
  void supervise() {
    processes.keySet().forEach(this::supervise);
  }

  private void supervise(ProxyId proxy) {
    if (!of(proxy).isAlive()) {
      throw new MeshFailure(of(proxy).obituary());
    }
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
      Set<ProxyId> missing = new HashSet<>(processes.keySet());
      while (true) {
        missing.removeIf(
            proxy -> {
              Map<String, Long> values = of(proxy).statistics(regex);
              return values.size() == statistics.length
                  && values.values().stream().allMatch(value -> value == 0);
            });
        if (missing.isEmpty() || System.nanoTime() > deadline) {
          return missing;
        }
        Pause.briefly();
      }
    };
  }

  @Override
  public synchronized void close() {
    closed = true;
    // All are told at once, so that closing takes as long as the slowest.
    processes.values().forEach(EnvoyProcess::stop);
    processes.values().forEach(EnvoyProcess::close);
  }
}
