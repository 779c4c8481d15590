package colorteller.page;

import colorteller.local.MeshFailure;
import colorteller.local.Network;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Request;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Live traffic: requests that a client makes all the time, through one address of its gateway, and
 * what it gets. Each is on a connection of its own, and leaves no line in an access log.
 */
final class Traffic implements AutoCloseable {

  /** The status of a request whose connection was taken, and closed without an answer. */
  private static final String NO_ANSWER = "no answer";

  private static final Duration HISTORY = Duration.ofSeconds(60);
  private static final long TELL_EVERY_MILLIS = 250;

  /** Four requests a second for each path, as long as those of all paths are no more than 100. */
  private static final long LEAST_INTERVAL_MILLIS = 250;

  private static final long INTERVAL_MILLIS_A_PATH = 10;
  private static final int SIDE_BY_SIDE = 16;
  private static final long END_LIMIT_SECONDS = 15;

  /**
   * One request.
   *
   * @param at when it began, ms since 1970
   * @param millis how long it took
   */
  private record Sample(Request request, long at, double millis, Result result) {}

  /**
   * What a client got.
   *
   * @param status the HTTP or gRPC status, or why there is none
   */
  private record Result(boolean succeeded, String status) {

    static Result of(Network.Answer answer) {
      return new Result(
          answer.succeeded(),
          answer
              .grpcStatus()
              .map(status -> "gRPC " + status)
              .or(() -> answer.status().map(String::valueOf))
              .orElse(answer.succeeded() ? "connected" : answer.reached() ? "closed" : "refused"));
    }
  }

  /** A switch of stage, when it began. */
  private record Mark(long at, String stage) {}

  private final Network network;
  private final Events events;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private final Deque<Mark> marks = new ArrayDeque<>();
  private final List<Sample> untold = new ArrayList<>();
  private final Map<Request, Map<Result, Integer>> counts = new LinkedHashMap<>();
  private final Map<Request, String> names = new HashMap<>();
  private Scenario scenario;
  private IpFamily family = IpFamily.IPV4;
  private @Nullable ScheduledExecutorService running;

  Traffic(Network network, Events events, Scenario first) {
    this.network = network;
    this.events = events;
    scenario = first;
  }

  /** Begins anew, through the gateways' addresses of a family. */
  @SuppressWarnings("FutureReturnValueIgnored") // A task never throws.
  void start(IpFamily through) {
    stop();
    synchronized (this) {
      family = through;
      samples.clear();
      marks.clear();
      untold.clear();
      counts.clear();
      names.clear();
      names.putAll(names(scenario));
      List<Request> requests = scenario.mesh().requests();
      ScheduledExecutorService threads = Executors.newScheduledThreadPool(SIDE_BY_SIDE);
      long interval =
          Math.max(LEAST_INTERVAL_MILLIS, requests.size() * INTERVAL_MILLIS_A_PATH) * 1000;
      for (int i = 0; i < requests.size(); i++) {
        Request request = requests.get(i);
        counts.put(request, new LinkedHashMap<>());
        // Spread over the interval.
        threads.scheduleAtFixedRate(
            () -> make(request, through),
            interval * i / requests.size(),
            interval,
            TimeUnit.MICROSECONDS);
      }
      threads.scheduleAtFixedRate(
          this::tell, TELL_EVERY_MILLIS, TELL_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      running = threads;
    }
    // Whole, so that pages forget what was before.
    events.send("traffic", () -> json().toString());
  }

  /** What a table calls each request. */
  private static Map<Request, String> names(Scenario scenario) {
    Map<Request, String> result = new HashMap<>();
    Run run = scenario.expected();
    List<Request> requests = scenario.requests();
    for (int i = 0; i < requests.size(); i++) {
      result.put(requests.get(i), run.name(run.routes().get(i)));
    }
    return result;
  }

  /** Ends, when the requests that are under way have their answers: all that were made count. */
  void stop() {
    ScheduledExecutorService threads;
    synchronized (this) {
      threads = running;
      running = null;
    }
    if (threads == null) {
      return;
    }
    threads.shutdown();
    try {
      if (!threads.awaitTermination(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
    tell();
  }

  /** Marks a switch of stage. */
  synchronized void switchingTo(Scenario to) {
    scenario = to;
    marks.add(new Mark(System.currentTimeMillis(), to.stage().orElse(to.mesh().name())));
  }

  private void make(Request request, IpFamily through) {
    long at = System.currentTimeMillis();
    long start = System.nanoTime();
    Result result;
    try {
      // What a node sends enters through no gateway.
      IpFamily entry = request.entries().contains(through) ? through : IpFamily.IPV4;
      result = Result.of(network.send(request, entry, Optional.empty()));
    } catch (IOException | MeshFailure e) {
      result = new Result(false, NO_ANSWER);
    }
    count(new Sample(request, at, (System.nanoTime() - start) / 1e6, result));
  }

  private synchronized void count(Sample sample) {
    samples.add(sample);
    untold.add(sample);
    counts
        .computeIfAbsent(sample.request(), r -> new LinkedHashMap<>())
        .merge(sample.result(), 1, Integer::sum);
    long old = sample.at() - HISTORY.toMillis();
    while (!samples.isEmpty() && samples.getFirst().at() < old) {
      samples.removeFirst();
    }
    while (!marks.isEmpty() && marks.getFirst().at() < old) {
      marks.removeFirst();
    }
  }

  private void tell() {
    events.send("traffic", this::news);
  }

  private synchronized String news() {
    String json = json(untold).toString();
    untold.clear();
    return json;
  }

  /** All that is known of the last minute, and the counts since the beginning. */
  synchronized ObjectNode json() {
    return json(samples).put("whole", true);
  }

  private ObjectNode json(Iterable<Sample> which) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("on", running != null);
    json.put("family", family.toString());
    json.put("now", System.currentTimeMillis());
    ArrayNode all = json.putArray("samples");
    for (Sample sample : which) {
      write(all.addObject(), sample.request())
          .put("at", sample.at())
          .put("millis", Math.round(sample.millis() * 10) / 10.0)
          .put("answered", sample.result().succeeded())
          .put("status", sample.result().status());
    }
    ArrayNode switches = json.putArray("switches");
    marks.forEach(mark -> switches.addObject().put("at", mark.at()).put("stage", mark.stage()));
    ArrayNode totals = json.putArray("counts");
    counts.forEach(
        (request, results) -> {
          ObjectNode total = write(totals.addObject(), request);
          ObjectNode answered = total.putObject("answered");
          ObjectNode failed = total.putObject("failed");
          results.forEach(
              (result, count) ->
                  (result.succeeded() ? answered : failed).put(result.status(), count));
        });
    return json;
  }

  private ObjectNode write(ObjectNode json, Request request) {
    return json.put("request", names.get(request))
        .put("gateway", request.gateway().map(VirtualGateway::name).orElse(null))
        .put("path", request.path());
  }

  @Override
  public void close() {
    stop();
  }
}
