package colorteller.infra;

import colorteller.mesh.ProxyId;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.ProxyConfiguration;

/** How the Envoys of a backend come into their tasks. */
interface Envoys {

  /** What sends a task's traffic through its Envoy; none where the Envoy binds the node's port. */
  @Nullable ProxyConfiguration redirection();

  /** What the task's role needs for the Envoy. */
  void allow(FargateTaskDefinition task, ProxyId proxy);

  /** The port at which an application listens that others reach at the walkthrough's. */
  int applicationPort();

  /** How long the records of Cloud Map live in caches. */
  Duration recordsLive();

  /** Adds the gateway's Envoy, as the container that the load balancer sends to. */
  void addGateway(FargateTaskDefinition task, ProxyId gateway);

  /**
   * Adds a node's Envoy and its application.
   *
   * @param name what their logs begin with
   */
  void addNode(
      FargateTaskDefinition task,
      ProxyId node,
      String name,
      ContainerDefinitionOptions.Builder application);
}
