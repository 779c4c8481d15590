package colorteller.vpc;

import colorteller.deployment.TaskDefinition.Container;
import colorteller.mesh.TaskPromise;
import java.time.Duration;
import java.util.List;

/**
 * Ends a task as ECS does, and App Mesh's agent in it: a container that waited for another at the
 * start is stopped before that one; an Envoy gets SIGTERM only when its listeners have had time to
 * drain, and takes requests until then.
 */
final class TaskStopper {

  private static final String DRAIN_SETTING = "LISTENER_DRAIN_WAIT_TIME_S";

  // The agent's default, and the least that it allows.
  private static final int DRAIN_SECONDS = 20;
  private static final int LEAST_DRAIN_SECONDS = 5;

  private TaskStopper() {}

  /** Ends the application, within the stop timeout of its container. */
  static void stopApplication(EcsTask task) {
    for (Container container : task.service().task().containers()) {
      if (container.environment().containsKey(TaskPromise.ANSWER)) {
        task.application().ifPresent(app -> app.process().stop(container.stopTimeout()));
      }
    }
  }

  /** Ends the Envoys of tasks, side by side. */
  static void stopEnvoys(List<EcsTask> tasks) throws InterruptedException {
    Duration longest =
        tasks.stream().map(TaskStopper::drain).max(Duration::compareTo).orElse(Duration.ZERO);
    Thread.sleep(longest.toMillis());
    tasks.forEach(task -> task.envoyProcess().stop(Duration.ofSeconds(3)));
  }

  private static Duration drain(EcsTask task) {
    return task.service().task().containers().stream()
        .filter(container -> container.environment().containsKey(TaskPromise.PROXY))
        .map(TaskStopper::drain)
        .findFirst()
        .orElse(Duration.ZERO);
  }

  /** What the agent waits; ECS kills it at the container's stop timeout. */
  private static Duration drain(Container container) {
    String setting = container.environment().getOrDefault(DRAIN_SETTING, "");
    int seconds =
        setting.isEmpty()
            ? DRAIN_SECONDS
            : Math.max(LEAST_DRAIN_SECONDS, Integer.parseInt(setting));
    Duration agent = Duration.ofSeconds(seconds);
    return agent.compareTo(container.stopTimeout()) < 0 ? agent : container.stopTimeout();
  }
}
