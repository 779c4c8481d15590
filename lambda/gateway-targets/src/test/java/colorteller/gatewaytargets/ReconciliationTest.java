package colorteller.gatewaytargets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.gatewaytargets.World.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ecs.model.Task;

/** One run at a time; {@link ConcurrentRunsTest} has many. */
class ReconciliationTest {

  private final World world = new World(100);
  private final List<String> calls = new ArrayList<>();

  @Test
  void registersWhatIsMissingThenDeregistersWhatIsStale() {
    Task old = world.startAndRun();
    world.register(World.address(old), 9080);
    world.stop(old);
    Task task = world.startAndRun();

    assertThat(run()).isZero();

    assertThat(world.registered()).containsExactly("2001:db8::2 9080");
    assertThat(world.draining()).containsExactly("2001:db8::1 9080");
    assertThat(calls)
        .containsExactly(
            "DescribeTargetHealth",
            "ListTasks",
            "DescribeTasks 1",
            "RegisterTargets",
            "settle",
            "ListTasks",
            "DescribeTasks 1",
            "DeregisterTargets");
    assertThat(world.isRegistered(task)).isTrue();
  }

  @Test
  void changesNothingThatIsRight() {
    world.register(World.address(world.startAndRun()), 9080);
    run();
    assertThat(calls).containsExactly("DescribeTargetHealth", "ListTasks", "DescribeTasks 1");
  }

  @Test
  void anEmptyServiceHasAnEmptyTargetGroup() {
    world.register("2001:db8::1", 9080);
    run();
    assertThat(world.registered()).isEmpty();
    assertThat(calls)
        .containsExactly(
            "DescribeTargetHealth", "ListTasks", "settle", "ListTasks", "DeregisterTargets");
  }

  /** Another run has registered a task that ECS does not show to this one yet. */
  @Test
  void leavesATaskAloneThatEcsShowsLate() {
    Task task = world.start();
    world.run(task);
    world.register(World.address(task), 9080);
    for (String late : List.of("ListTasks", "DescribeTasks 1")) {
      boolean[] first = {true};
      world
          .reconciliation(
              call -> {
                boolean answersLate = call.equals(late) && first[0];
                first[0] &= !answersLate;
                return answersLate ? Outcome.LATE : Outcome.DONE;
              })
          .run();
      assertThat(world.registered()).as(late).containsExactly("2001:db8::1 9080");
    }
  }

  @Test
  void leavesATaskOnItsWayAloneThatAPersonRegistered() {
    Task task = world.start();
    world.register(World.address(task), 9080);
    run();
    assertThat(world.registered()).containsExactly("2001:db8::1 9080");
  }

  @Test
  void waitsForATaskToRunAndLeavesOneThatIsToldToStop() {
    world.start();
    Task leaving = world.tellToStop(world.startAndRun());
    world.register(World.address(leaving), 9080);
    run();
    assertThat(world.registered()).isEmpty();
  }

  @Test
  void leavesATaskThatIsToldToStopAfterItWasListed() {
    Task task = world.startAndRun();
    world
        .reconciliation(
            call -> {
              if (call.equals("DescribeTasks 1")) {
                world.tellToStop(task);
              }
              return Outcome.DONE;
            })
        .run();
    assertThat(world.registered()).isEmpty();
  }

  @Test
  void comparesAddressesAndNotTheirText() {
    world.startAndRun();
    world.register("2001:0DB8:0:0:0:0:0:1", 9080);
    world.register("2001:db8:0000::99", 9080);
    run();
    assertThat(world.registered()).containsExactly("2001:0DB8:0:0:0:0:0:1 9080");
    assertThat(world.draining()).containsExactly("2001:db8:0000::99 9080");
  }

  /** The load balancer's console proposes port 81. */
  @Test
  void replacesAnAddressWithAnotherPort() {
    world.register(World.address(world.startAndRun()), 81);
    run();
    assertThat(world.registered()).containsExactly("2001:db8::1 9080");
    assertThat(world.draining()).containsExactly("2001:db8::1 81");
  }

  @Test
  void leavesADrainingTargetAlone() {
    world.register("2001:db8::99", 9080);
    world.deregister("2001:db8::99", 9080);
    run();
    assertThat(calls).containsExactly("DescribeTargetHealth", "ListTasks");
  }

  @Test
  void registersARunningTaskAgainWhoseTargetDrains() {
    Task task = world.startAndRun();
    world.register(World.address(task), 9080);
    world.deregister(World.address(task), 9080);
    run();
    assertThat(world.registered()).containsExactly("2001:db8::1 9080");
  }

  @Test
  void countsTasksWithoutIpv6AndStillDoesTheOthers() {
    Task without = world.startAndRun();
    world.tasks.put(
        without.taskArn(), without.toBuilder().containers(World.container("app", null)).build());
    world.startAndRun();
    world.register("2001:db8::99", 9080);
    assertThat(run()).isEqualTo(1);
    assertThat(world.registered()).containsExactly("2001:db8::2 9080");
  }

  @Test
  void readsEveryPageAndDescribesAHundredTasksAtATime() {
    for (int i = 0; i < 250; i++) {
      world.startAndRun();
    }
    run();
    assertThat(world.registered()).hasSize(250);
    assertThat(calls)
        .containsExactly(
            "DescribeTargetHealth",
            "ListTasks",
            "ListTasks",
            "ListTasks",
            "DescribeTasks 100",
            "DescribeTasks 100",
            "DescribeTasks 50",
            "RegisterTargets");
  }

  @Test
  void registersButDeregistersNothingIfEcsLeavesATaskOut() {
    Task old = world.startAndRun();
    world.register(World.address(old), 9080);
    world.startAndRun();
    world.register("2001:db8::99", 9080);
    assertThatThrownBy(() -> run("DescribeTasks 2", Outcome.PARTIAL))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("ECS did not describe [task/1], so no target was deregistered");
    assertThat(world.registered())
        .containsExactly("2001:db8::1 9080", "2001:db8::99 9080", "2001:db8::2 9080");
  }

  @Test
  void deregistersNothingIfAnyCallBeforeFails() {
    world.startAndRun();
    world.register("2001:db8::99", 9080);
    for (Outcome outcome : List.of(Outcome.THROTTLED, Outcome.TIMED_OUT)) {
      for (String call :
          List.of("DescribeTargetHealth", "ListTasks", "DescribeTasks 1", "RegisterTargets")) {
        assertThatThrownBy(() -> run(call, outcome))
            .as("%s %s", call, outcome)
            .isInstanceOf(SdkClientException.class);
        assertThat(world.draining()).isEmpty();
        assertThat(calls).endsWith(call);
        world.deregister("2001:db8::1", 9080);
        world.drained();
      }
    }
  }

  private int run() {
    return run("", Outcome.DONE);
  }

  /** Runs, and lets each call of this name end so. */
  private int run(String failing, Outcome outcome) {
    calls.clear();
    return world
        .reconciliation(
            name -> {
              calls.add(name);
              return name.equals(failing) ? outcome : Outcome.DONE;
            })
        .run();
  }
}
