package colorteller.gatewaytargets;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.gatewaytargets.World.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ecs.model.Task;

/**
 * Many runs at once, over tasks that come and go, with failures anywhere. A run looks for itself
 * and not at its event, so that it may start at any time stands for events that are repeated, late
 * or out of order; that it may never start, for one that is lost.
 */
class ConcurrentRunsTest {

  private static final int AT_ONCE = 4;

  private enum Move {
    A_TASK_STARTS,
    A_TASK_RUNS,
    A_TASK_IS_TOLD_TO_STOP,
    A_TASK_STOPS,
    DRAINED,
    A_PERSON_REGISTERS_THE_WRONG_PORT,
    A_PERSON_REGISTERS_A_RUNNING_TASK,
    A_PERSON_REGISTERS_A_TASK_THAT_LEFT,
    A_PERSON_DEREGISTERS_A_RUNNING_TASK,
    AN_EVENT,
    CALLS,
    THE_TIME_OF_A_RUN_IS_UP
  }

  /**
   * One move.
   *
   * @param which chooses among the tasks or runs that can make it
   * @param calls how many calls a run makes while the others stand still
   * @param outcome of the first of them
   */
  private record Step(Move move, int which, int calls, Outcome outcome) {}

  private final List<String> wrong = new ArrayList<>();

  @Property
  void neverHarmsARunningTaskAndEndsRight(
      @ForAll("steps") List<Step> steps, @ForAll @IntRange(min = 1, max = 4) int pageSize)
      throws InterruptedException {
    World world = new World(pageSize);
    List<Run> runs = new ArrayList<>();
    try {
      for (Step step : steps) {
        make(step, world, runs);
        runs.removeIf(Run::hasEnded);
      }
      while (!runs.isEmpty()) {
        runs.get(0).step(Outcome.DONE);
        runs.removeIf(Run::hasEnded);
      }
    } finally {
      for (Run run : runs) {
        run.end();
      }
    }

    world.reconciliation(call -> Outcome.DONE).run();

    assertThat(wrong).isEmpty();
    assertThat(world.registeredTargets())
        .containsExactlyInAnyOrderElementsOf(world.running().stream().map(World::target).toList());
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Move> move =
        Arbitraries.frequency(
            Tuple.of(4, Move.A_TASK_STARTS),
            Tuple.of(4, Move.A_TASK_RUNS),
            Tuple.of(1, Move.A_TASK_IS_TOLD_TO_STOP),
            Tuple.of(1, Move.A_TASK_STOPS),
            Tuple.of(1, Move.DRAINED),
            Tuple.of(1, Move.A_PERSON_REGISTERS_THE_WRONG_PORT),
            Tuple.of(1, Move.A_PERSON_REGISTERS_A_RUNNING_TASK),
            Tuple.of(1, Move.A_PERSON_REGISTERS_A_TASK_THAT_LEFT),
            Tuple.of(1, Move.A_PERSON_DEREGISTERS_A_RUNNING_TASK),
            Tuple.of(8, Move.AN_EVENT),
            Tuple.of(20, Move.CALLS),
            Tuple.of(1, Move.THE_TIME_OF_A_RUN_IS_UP));
    Arbitrary<Outcome> outcome =
        Arbitraries.frequency(
            Tuple.of(20, Outcome.DONE),
            Tuple.of(1, Outcome.THROTTLED),
            Tuple.of(1, Outcome.TIMED_OUT),
            Tuple.of(1, Outcome.PARTIAL),
            Tuple.of(6, Outcome.LATE));
    RandomDistribution even = RandomDistribution.uniform();
    Arbitrary<Integer> which = Arbitraries.integers().between(0, 1000).withDistribution(even);
    Arbitrary<Integer> calls = Arbitraries.integers().between(1, 8).withDistribution(even);
    // Else most sequences would be of a step or two.
    return Combinators.combine(move, which, calls, outcome)
        .as(Step::new)
        .list()
        .ofMaxSize(300)
        .withSizeDistribution(even)
        .withoutEdgeCases();
  }

  private void make(Step step, World world, List<Run> runs) throws InterruptedException {
    int which = step.which();
    switch (step.move()) {
      case A_TASK_STARTS -> world.start();
      case A_TASK_RUNS -> {
        Task task = one(world, which, t -> t.lastStatus().equals("PENDING"));
        if (task != null) {
          world.run(task);
        }
      }
      case A_TASK_IS_TOLD_TO_STOP -> {
        Task task = one(world, which, t -> t.desiredStatus().equals("RUNNING"));
        if (task != null) {
          world.tellToStop(task);
        }
      }
      case A_TASK_STOPS -> {
        Task task = one(world, which, t -> !t.lastStatus().equals("STOPPED"));
        if (task != null) {
          world.stop(task);
        }
      }
      case DRAINED -> world.drained();
      case A_PERSON_REGISTERS_THE_WRONG_PORT -> register(one(world, which, t -> true), 81, world);
      case A_PERSON_REGISTERS_A_RUNNING_TASK ->
          register(one(world, which, World::runs), World.PORT, world);
      case A_PERSON_REGISTERS_A_TASK_THAT_LEFT ->
          register(one(world, which, t -> t.desiredStatus().equals("STOPPED")), World.PORT, world);
      case A_PERSON_DEREGISTERS_A_RUNNING_TASK -> {
        Task task = one(world, which, World::runs);
        // A run under way would be blamed for it.
        if (task != null && runs.isEmpty()) {
          world.deregister(World.address(task), World.PORT);
        }
      }
      case AN_EVENT -> {
        if (runs.size() < AT_ONCE) {
          runs.add(new Run(world, wrong));
        }
      }
      case CALLS -> {
        if (!runs.isEmpty()) {
          Run run = runs.get(which % runs.size());
          run.step(step.outcome());
          for (int i = 1; i < step.calls() && !run.hasEnded(); i++) {
            run.step(Outcome.DONE);
          }
        }
      }
      case THE_TIME_OF_A_RUN_IS_UP -> {
        if (!runs.isEmpty()) {
          runs.get(which % runs.size()).end();
        }
      }
    }
  }

  private static @Nullable Task one(World world, int which, Predicate<Task> can) {
    List<Task> those = world.tasks.values().stream().filter(can).toList();
    return those.isEmpty() ? null : those.get(which % those.size());
  }

  /** As a person may write it: with every digit. */
  private static void register(@Nullable Task task, int port, World world) {
    if (task != null) {
      world.register(World.address(task).replace("::", ":0:0:0:0:0:"), port);
    }
  }
}
