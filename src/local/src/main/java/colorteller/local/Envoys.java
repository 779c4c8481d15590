package colorteller.local;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableSet;

import colorteller.mesh.ProxyId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
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
    Path own = Files.createDirectory(folder.resolve("proxy-" + started));
    Path file = Files.writeString(own.resolve("bootstrap.json"), bootstrap.json());
    return start(
        bootstrap.proxy(),
        EnvoyProcess.command(binary, file),
        place,
        own.resolve("envoy.log"),
        folder.resolve("access-%d.log".formatted(started)));
  }

  /**
   * Starts the Envoy of a proxy that has its bootstrap.
   *
   * @param command what starts it
   * @param place where it runs
   * @param log for what it says
   * @param accessLog for what it writes about requests, if it is the first of its proxy
   */
  public synchronized EnvoyProcess start(
      ProxyId proxy, List<String> command, EnvoyProcess.Place place, Path log, Path accessLog)
      throws IOException {
    if (closed) {
      throw new MeshFailure("stopped while starting");
    }
    started++;
    accessLogs.computeIfAbsent(proxy, id -> new AccessLog(accessLog));
    EnvoyProcess process = new EnvoyProcess(proxy, place, log, place.start(command, log));
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
              if (!process.hasBegun()) {
                return false;
              }
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

  /**
   * Waits until every Envoy has looked the host names of its clusters up again.
   *
   * @param clusters names of clusters that look one up; who does not have one is not asked for it
   * @throws MeshFailure if one has ended, or is not done in time
   */
  public void awaitLookedUp(Collection<String> clusters, Duration limit) {
    String regex =
        clusters.stream()
            .map(Pattern::quote)
            .collect(joining("|", "^cluster\\.(", ")\\.update_(attempt|success|failure)$"));
    Map<EnvoyProcess, Map<String, Long>> before = new HashMap<>();
    processes.forEach(process -> before.put(process, process.statistics(regex)));
    await(
        "look host names up",
        limit,
        look -> {
          Pause.briefly();
          return before.entrySet().stream()
              .filter(
                  entry ->
                      !haveLookedUp(clusters, entry.getValue(), entry.getKey().statistics(regex)))
              .map(entry -> entry.getKey().proxy())
              .collect(toUnmodifiableSet());
        });
  }

  /** One that had begun before counts for nothing, so there must be one more than had begun. */
  private static boolean haveLookedUp(
      Collection<String> clusters, Map<String, Long> before, Map<String, Long> now) {
    return clusters.stream()
        .map(name -> "cluster." + name + ".update_")
        .filter(name -> before.containsKey(name + "attempt"))
        .allMatch(
            name ->
                now.getOrDefault(name + "success", 0L) + now.getOrDefault(name + "failure", 0L)
                    > before.getOrDefault(name + "attempt", 0L));
  }

  @Override
  public synchronized void close() {
    closed = true;
    // All are told at once, so that closing takes as long as the slowest.
    processes.forEach(EnvoyProcess::stop);
    processes.forEach(EnvoyProcess::close);
  }
}
