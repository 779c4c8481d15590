package colorteller.constructs;

import colorteller.mesh.EnvoyPorts;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awscdk.services.ecs.ContainerDefinition;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;

/** The Envoy of a virtual gateway, which is a task of its own. */
public final class Gateway {

  private Gateway() {}

  /**
   * Adds the Envoy.
   *
   * @param container what the container is called, such as in a load balancer's target
   * @param gateway the virtual gateway, such as of {@link MeshDocument#virtualGateway}
   */
  public static ContainerDefinition addTo(
      FargateTaskDefinition task, String container, EnvoyContainer envoy, MeshProxy gateway) {
    // Its admin interface can be reached by who may: security groups say so.
    List<Integer> all = new ArrayList<>(gateway.ports());
    all.add(EnvoyPorts.ADMIN);
    return task.addContainer(container, envoy.options(task, gateway.id(), "::", all));
  }
}
