package colorteller.constructs;

import colorteller.controlplane.WithoutRedirection;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ecs.ContainerDefinition;
import software.amazon.awscdk.services.ecs.ContainerDependency;
import software.amazon.awscdk.services.ecs.ContainerDependencyCondition;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;

/**
 * The Envoy of a virtual node, in the task of the node's application. It binds the node's ports;
 * the application listens on loopback, at {@link #applicationPort}.
 */
public final class Sidecar {

  private static final String CONTAINER = "envoy";

  private Sidecar() {}

  /**
   * Adds the Envoy. It starts after the application and ends before it, so that what it has
   * accepted is answered.
   *
   * @param node the virtual node, such as of {@link MeshDocument#virtualNode}
   * @param application the node's; one with a health check is waited for
   */
  public static ContainerDefinition addTo(
      FargateTaskDefinition task,
      EnvoyContainer envoy,
      MeshProxy node,
      ContainerDefinition application,
      ContainerDependencyCondition condition) {
    ContainerDefinition container =
        task.addContainer(CONTAINER, envoy.options(task, node.id(), "127.0.0.1", node.ports()));
    container.addContainerDependencies(
        ContainerDependency.builder().container(application).condition(condition).build());
    return container;
  }

  /**
   * How long a record of Cloud Map may live that leads to a task with an Envoy: when the Envoy
   * ends, nobody has the record any more.
   */
  public static Duration recordsLive() {
    return Duration.seconds(10);
  }

  /** The port at which an application listens that others reach at a port of its node. */
  public static int applicationPort(int nodePort) {
    return WithoutRedirection.applicationPort(nodePort);
  }
}
