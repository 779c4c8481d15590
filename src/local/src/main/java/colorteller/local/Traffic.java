package colorteller.local;

import colorteller.controlplane.Names;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Request;
import colorteller.mesh.VirtualNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Requests without a pause, so many a second, while something else happens; each on a connection of
 * its own, through the addresses of its gateway in turn. Of those that fail, the Envoys' access
 * logs say why.
 */
public final class Traffic implements AutoCloseable {

  /**
   * A request that was not answered with 200.
   *
   * @param began when it was made, on the clock of {@link System#nanoTime}
   */
  public record Failed(long began, String reason) {}

  /**
   * What became of the requests.
   *
   * @param requests how many were made
   * @param failed those of them that were not answered with 200, in the order of their answers
   * @param lasted from the first to the last
   */
  public record Result(int requests, List<Failed> failed, Duration lasted) {

    /** How many failed, by the reason. */
    public SortedMap<String, Integer> failures() {
      SortedMap<String, Integer> reasons = new TreeMap<>();
      failed.forEach(one -> reasons.merge(one.reason(), 1, Integer::sum));
      return reasons;
    }
  }

  private record Way(Request request, IpFamily entry) {}

  /** What is known of a request that was not answered with 200; the status is 0 without answer. */
  private record Failure(
      long began, Way way, String id, int status, String said, boolean reachedGateway) {}

  private static final int SIDE_BY_SIDE = 64;
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(15);

  // Envoy's response flags, and what they mean of a connection to somebody.
  private static final Map<String, String> FLAGS =
      Map.of(
          "UF", "could not connect to",
          "UC", "lost its connection to",
          "UH", "knew no healthy address of",
          "UT", "waited in vain for");

  private final LocalMesh local;
  private final List<Way> ways;
  private final long begin = System.nanoTime();
  private Duration lasted = Duration.ZERO;
  private final AtomicInteger number = new AtomicInteger();
  private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE);

  /**
   * Begins.
   *
   * @param requests what is requested in turn, of that what is answered with 200 when it begins
   * @param perSecond how many requests are made in a second
   * @throws MeshFailure if none is answered
   */
  public Traffic(LocalMesh local, Collection<Request> requests, int perSecond) {
    this.local = local;
    this.ways = answered(local, requests);
    if (ways.isEmpty()) {
      throw new MeshFailure(
          "no request to %s is answered in this stage, so none could be seen to fail; switch to another stage"
              .formatted(requests.stream().map(Request::path).toList()));
    }
    ScheduledFuture<?> unused =
        clock.scheduleAtFixedRate(
            () -> threads.execute(this::request),
            0,
            TimeUnit.SECONDS.toNanos(1) / perSecond,
            TimeUnit.NANOSECONDS);
  }

  private static List<Way> answered(LocalMesh local, Collection<Request> requests) {
    List<Way> result = new ArrayList<>();
    for (Request request : requests) {
      for (IpFamily entry : IpFamily.values()) {
        if (local.prober().observe(request, entry).status().filter(s -> s == 200).isPresent()) {
          result.add(new Way(request, entry));
        }
      }
    }
    return result;
  }

  private void request() {
    Way way = ways.get(number.getAndIncrement() % ways.size());
    String id = UUID.randomUUID().toString();
    long began = System.nanoTime();
    try {
      Network.Answer answer = local.network().send(way.request(), way.entry(), Optional.of(id));
      int status = answer.status().orElse(0);
      if (status != 200) {
        failures.add(new Failure(began, way, id, status, answer.body(), answer.reached()));
      }
    } catch (IOException | MeshFailure e) {
      failures.add(new Failure(began, way, id, 0, String.valueOf(e.getMessage()), true));
    }
  }

  /** How many requests have been made by now. */
  public int made() {
    return number.get();
  }

  /** Makes no more requests, and waits for the last answers. Can be called again. */
  @Override
  public void close() {
    if (clock.isShutdown()) {
      return;
    }
    clock.shutdownNow();
    lasted = Duration.ofNanos(System.nanoTime() - begin);
    threads.shutdown();
    try {
      if (!threads.awaitTermination(LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new MeshFailure(
            "requests are still not answered after %d s".formatted(LAST_ANSWERS.toSeconds()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends, and finds out why requests failed. */
  public Result result() {
    close();
    return new Result(
        number.get(),
        failures.stream().map(failure -> new Failed(failure.began(), reason(failure))).toList(),
        lasted);
  }

  private String reason(Failure failure) {
    if (failure.status() == 0) {
      return "the client got no answer: " + failure.said();
    }
    if (!failure.reachedGateway()) {
      return "the load balancer could not connect to the gateway";
    }
    Request request = failure.way().request();
    VirtualNode node = request.node().orElseThrow();
    String unknown = "answered %d: %s".formatted(failure.status(), failure.said());
    try {
      AccessLog.Entry gateway =
          local
              .network()
              .envoys()
              .accessLog(local.first(request))
              .await(failure.id(), Names.egressCluster(local.mesh(), node)::equals);
      String to = gateway.host().isEmpty() ? node.name() : gateway.host();
      Optional<String> atGateway = meaning(gateway.flags());
      if (atGateway.isPresent()) {
        return "the gateway %s %s".formatted(atGateway.get(), to);
      }
      AccessLog.Entry own =
          local
              .network()
              .envoys()
              .accessLog(local.proxy(node))
              .await(failure.id(), Names.ingressCluster(local.mesh(), node)::equals);
      return meaning(own.flags())
          .map(atNode -> "the Envoy of %s %s its application".formatted(to, atNode))
          .orElse(unknown);
    } catch (MeshFailure e) {
      return unknown;
    }
  }

  private static Optional<String> meaning(String flags) {
    return List.of(flags.split(",", -1)).stream()
        .flatMap(flag -> Stream.ofNullable(FLAGS.get(flag)))
        .findFirst();
  }
}
