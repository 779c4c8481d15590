package colorteller.vpc;

import colorteller.mesh.TaskPromise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Ends a task as ECS does: a container that waited for another at the start is stopped before that
 * one. App Mesh's Envoy has an agent as first process, which gives it SIGTERM only when its
 * listeners have had time to drain; it takes requests until then.
 */
final class TaskStopper {

  private static final String DRAIN_SETTING = "LISTENER_DRAIN_WAIT_TIME_S";

  // The agent's default, and the least that it allows.
  private static final int DRAIN_SECONDS = 20;
  private static final int LEAST_DRAIN_SECONDS = 5;

  private TaskStopper() {}

  /**
   * Ends tasks of a service, side by side.
   *
   * @param progress is told what has ended, in words, where an Envoy has no application any more
   */
  static void stop(List<EcsTask> tasks, Consumer<String> progress) throws InterruptedException {
    List<TaskContainer> left = new ArrayList<>();
    tasks.forEach(task -> left.addAll(task.containers()));
    while (!left.isEmpty()) {
      List<TaskContainer> next =
          left.stream().filter(container -> !isWaitedFor(container, left)).toList();
      left.removeAll(next);
      if (next.stream().anyMatch(TaskStopper::isOfAppMesh)) {
        Duration longest =
            next.stream().map(TaskStopper::drain).max(Duration::compareTo).orElse(Duration.ZERO);
        Thread.sleep(longest.toMillis());
      }
      next.parallelStream().forEach(TaskContainer::stop);
      if (left.stream().anyMatch(TaskStopper::isOfAppMesh)) {
        progress.accept("has no application any more, its Envoy drains");
      }
    }
  }

  private static boolean isWaitedFor(TaskContainer container, List<TaskContainer> left) {
    return left.stream()
        .anyMatch(other -> other.definition().startsAfter().contains(container.name()));
  }

  private static boolean isOfAppMesh(TaskContainer container) {
    return container.definition().environment().containsKey(TaskPromise.PROXY)
        && !container.definition().environment().containsKey(TaskStarter.BOOTSTRAP);
  }

  /** What the agent waits; ECS kills it at the container's stop timeout. */
  private static Duration drain(TaskContainer container) {
    String setting = container.definition().environment().getOrDefault(DRAIN_SETTING, "");
    int seconds =
        setting.isEmpty()
            ? DRAIN_SECONDS
            : Math.max(LEAST_DRAIN_SECONDS, Integer.parseInt(setting));
    Duration agent = Duration.ofSeconds(seconds);
    Duration most = container.definition().stopTimeout();
    return agent.compareTo(most) < 0 ? agent : most;
  }
}
