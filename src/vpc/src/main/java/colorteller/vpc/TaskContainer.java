package colorteller.vpc;

import colorteller.deployment.TaskDefinition.Container;
import java.util.function.BooleanSupplier;

/**
 * A container of a task that runs.
 *
 * @param definition what it is
 * @param process its first process
 * @param health asks whether it is healthy now
 */
record TaskContainer(Container definition, NamespaceProcess process, BooleanSupplier health) {

  String name() {
    return definition.name();
  }

  boolean isHealthy() {
    return process.isAlive() && health.getAsBoolean();
  }

  /** Ends it, within the stop timeout of its definition. */
  void stop() {
    process.stop(definition.stopTimeout());
  }
}
