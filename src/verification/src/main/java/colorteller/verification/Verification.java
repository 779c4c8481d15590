package colorteller.verification;

import colorteller.aws.AwsErrors;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.Request;
import colorteller.mesh.Workload;
import colorteller.mesh.report.Observation;
import colorteller.mesh.report.RouteResult;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * Waits until a deployed mesh has settled, and then compares once what its requests give with what
 * they should give.
 *
 * <p>A mesh has settled when {@link Rounds} in a row were the same: the mesh, what runs behind it,
 * and every answer, each made by an Envoy. What is expected plays no part in that.
 */
public final class Verification {

  /**
   * What a verification found.
   *
   * @param run the last complete round, or the last one at all
   * @param failure why nothing could be compared, in one line
   */
  public record Result(Optional<Run> run, Optional<String> failure) {

    /** Whether the stage behaves as it should. */
    public boolean holds() {
      return failure.isEmpty() && run.filter(Run::matches).isPresent();
    }

    /** What does not hold, a line each. */
    public List<String> differences() {
      return Stream.concat(failure.stream(), run.stream().flatMap(Result::differences)).toList();
    }

    private static Stream<String> differences(Run run) {
      return run.routes().stream()
          .flatMap(
              route ->
                  Stream.of(IpFamily.values())
                      .flatMap(
                          entry ->
                              route
                                  .difference(entry)
                                  .map(why -> "%s via %s: %s".formatted(route.path(), entry, why))
                                  .stream()));
    }
  }

  private final String variant;
  private final MeshSource meshes;
  private final RunningWorkloads workloads;
  private final Probe probe;

  /**
   * Verifies one variant.
   *
   * @param variant {@code dns} or {@code cloud}, which the report names
   */
  public Verification(String variant, MeshSource meshes, RunningWorkloads workloads, Probe probe) {
    this.variant = variant;
    this.meshes = meshes;
    this.workloads = workloads;
    this.probe = probe;
  }

  /**
   * Observes until the mesh has settled or the limit is reached, in the middle of a round if need
   * be.
   *
   * @throws VerificationException if there is nothing to observe
   */
  public Result verify(Rounds rounds) throws InterruptedException {
    long deadline = System.nanoTime() + rounds.limit().toNanos();
    ExecutorService executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "verification");
              thread.setDaemon(true);
              return thread;
            });
    try {
      return verify(rounds, deadline, executor);
    } finally {
      executor.shutdownNow();
    }
  }

  private Result verify(Rounds rounds, long deadline, ExecutorService executor)
      throws InterruptedException {
    Optional<Run> last = Optional.empty();
    int same = 0;
    String unsettled = "a round did not end";
    while (true) {
      Future<Run> round = executor.submit(this::round);
      try {
        Run run = round.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        same = last.filter(run::equals).isPresent() ? same + 1 : 1;
        last = Optional.of(run);
        unsettled =
            same == 1
                ? "the answers changed"
                : "only %d rounds of %d gave the same".formatted(same, rounds.same());
        Optional<String> broken = broken(run);
        if (broken.isPresent()) {
          same = 0;
          unsettled = broken.get();
        }
      } catch (TimeoutException e) {
        return gaveUp(last, rounds, unsettled);
      } catch (ExecutionException e) {
        same = 0;
        unsettled = whyNot(e.getCause());
      }
      if (same == rounds.same()) {
        return new Result(last.map(run -> run.settledAfter(rounds.same())), Optional.empty());
      }
      if (System.nanoTime() + rounds.pause().toNanos() > deadline) {
        return gaveUp(last, rounds, unsettled);
      }
      Thread.sleep(rounds.pause().toMillis());
    }
  }

  private static Result gaveUp(Optional<Run> last, Rounds rounds, String why) {
    return new Result(
        last,
        Optional.of(
            "the mesh has not settled within %d s: %s".formatted(rounds.limit().toSeconds(), why)));
  }

  /** What another round may mend; anything else ends the verification. */
  private static String whyNot(@Nullable Throwable failure) {
    if (failure instanceof RunningWorkloads.NotRunning notRunning) {
      return String.valueOf(notRunning.getMessage());
    }
    if (failure instanceof AwsServiceException refused
        && (refused.isThrottlingException()
            || refused.statusCode() >= 500
            || refused.statusCode() == 404)) {
      // The SDK has tried again already; or something went between a list and its members.
      return "AWS: " + AwsErrors.line(refused);
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    throw new IllegalStateException(failure);
  }

  /** An answer that no Envoy made says nothing about the mesh. */
  private static Optional<String> broken(Run run) {
    return run.routes().stream()
        .flatMap(
            route ->
                route.observed().values().stream()
                    .flatMap(observed -> observed.problem().stream())
                    .map(problem -> "%s: %s".formatted(route.path(), problem)))
        .findFirst();
  }

  private Run round() throws RunningWorkloads.NotRunning {
    Mesh mesh = meshes.read();
    if (mesh.gateways().size() != 1) {
      throw new VerificationException(
          "mesh '%s' has %d virtual gateways; the load balancer leads to one"
              .formatted(mesh.name(), mesh.gateways().size()));
    }
    Map<String, Workload> running = workloads.of(mesh);
    Scenario scenario = new Scenario(Optional.of(variant), Optional.empty(), mesh, running);
    List<RouteResult> routes = new ArrayList<>();
    for (Request request : mesh.requests()) {
      request
          .node()
          .filter(node -> !running.containsKey(node.name()))
          .ifPresent(
              node -> {
                throw new VerificationException(
                    "virtual node '%s' of mesh '%s' has no service discovery, so nothing can be sent to it"
                        .formatted(node.name(), mesh.name()));
              });
      Map<IpFamily, Observation> observed = new EnumMap<>(IpFamily.class);
      for (IpFamily entry : IpFamily.values()) {
        Observation observation = probe.observe(request.path(), entry);
        // Where a gateway does not listen, what no Envoy answers says nothing; what one does, does.
        if (mesh.preference().listenerBinding().families().contains(entry)
            || observation.problem().isEmpty()) {
          observed.put(entry, observation);
        }
      }
      routes.add(scenario.result(request, observed, Optional.empty()));
    }
    return scenario.run(Optional.empty(), routes);
  }
}
