package colorteller.vpc;

import colorteller.deployment.EcsService;
import colorteller.local.MeshFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A deployment of an ECS service: new tasks start, are registered and healthy; then the old ones
 * end.
 */
final class Rollout {

  private static final Duration HEALTHY_LIMIT = Duration.ofSeconds(60);

  private final VpcNetwork network;
  private final EcsTasks tasks;
  private final LoadBalancerProcess loadBalancer;
  private final Runnable refresh;
  private final Consumer<String> progress;

  /**
   * Prepares one.
   *
   * @param refresh gives the Envoys what Cloud Map says now
   * @param progress is told what happens, in words
   */
  Rollout(VpcNetwork network, Runnable refresh, Consumer<String> progress) {
    this.network = network;
    this.tasks = network.tasks();
    this.loadBalancer = network.loadBalancer();
    this.refresh = refresh;
    this.progress = progress;
  }

  /** Replaces every task of a service. */
  void of(EcsService service, Restart.Deregister deregister)
      throws IOException, InterruptedException {
    List<EcsTask> old =
        tasks.running().stream().filter(task -> task.service().equals(service)).toList();
    List<EcsTask> fresh = new ArrayList<>();
    for (int number = 0; number < old.size(); number++) {
      fresh.add(network.startTask(service));
    }
    progress.accept("%s runs and is healthy".formatted(names(fresh)));
    tasks.register(fresh);
    refresh.run();
    progress.accept("%s is registered with Cloud Map".formatted(names(fresh)));
    // From now on nobody minds its end.
    old.forEach(tasks::ends);
    old.stream()
        .flatMap(task -> task.envoy().stream())
        .forEach(envoy -> network.envoys().forget(envoy));
    if (!service.targetGroups().isEmpty()) {
      leaveLoadBalancer(fresh, old);
    }
    if (deregister == Restart.Deregister.FIRST) {
      deregister(old);
    }
    progress.accept("%s gets SIGTERM".formatted(names(old)));
    TaskStopper.stop(old, step -> progress.accept(names(old) + " " + step));
    progress.accept("%s has stopped".formatted(names(old)));
    if (deregister == Restart.Deregister.LAST) {
      deregister(old);
    }
    for (EcsTask task : old) {
      network.vpc().detach(task.network());
    }
  }

  /** ECS stops a target only when it has drained, for as long as its target group says. */
  private void leaveLoadBalancer(List<EcsTask> fresh, List<EcsTask> old)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + HEALTHY_LIMIT.toNanos();
    while (!loadBalancer.isHealthy(fresh)) {
      if (System.nanoTime() > deadline) {
        throw new MeshFailure(
            "The load balancer does not find %s healthy within %d s."
                .formatted(names(fresh), HEALTHY_LIMIT.toSeconds()));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    progress.accept("%s is healthy to the load balancer".formatted(names(fresh)));
    for (EcsTask task : old) {
      tasks.deregisterTarget(task);
    }
    progress.accept("%s is no target any more".formatted(names(old)));
    Thread.sleep(loadBalancer.deregistrationDelay().toMillis());
  }

  private void deregister(List<EcsTask> old) throws IOException {
    for (EcsTask task : old) {
      tasks.deregisterInstance(task);
    }
    refresh.run();
    progress.accept("%s is deregistered from Cloud Map".formatted(names(old)));
  }

  private static String names(List<EcsTask> some) {
    return String.join(", ", some.stream().map(EcsTask::name).toList());
  }
}
