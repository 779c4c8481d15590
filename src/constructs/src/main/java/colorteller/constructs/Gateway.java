package colorteller.constructs;

import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.ProxyId;
import java.util.ArrayList;
import java.util.Collection;
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
   * @param gateway the virtual gateway
   * @param ports of the gateway's listeners
   */
  public static ContainerDefinition addTo(
      FargateTaskDefinition task,
      String container,
      EnvoyContainer envoy,
      ProxyId gateway,
      Collection<Integer> ports) {
    // Its admin interface can be reached by who may: security groups say so.
    List<Integer> all = new ArrayList<>(ports);
    all.add(EnvoyPorts.ADMIN);
    return task.addContainer(container, envoy.options(task, gateway, "::", all));
  }
}
