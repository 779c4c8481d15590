package colorteller.infra;

import colorteller.constructs.EnvoyContainer;
import colorteller.constructs.Gateway;
import colorteller.constructs.MeshCertificates;
import colorteller.constructs.MeshProxy;
import colorteller.constructs.Sidecar;
import colorteller.mesh.ProxyId;
import colorteller.mesh.WalkthroughPorts;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerDependencyCondition;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.ProxyConfiguration;

/**
 * Envoys of our own, which bind the ports of their nodes.
 *
 * @param controlPlane the host name of their control plane
 * @param statsdPort of the agent beside them that takes their statistics, if there is one
 */
record OwnEnvoys(
    ContainerImage image,
    Logs logs,
    String controlPlane,
    MeshCertificates.Parameters certificates,
    OptionalInt statsdPort)
    implements Envoys {

  @Override
  public @Nullable ProxyConfiguration redirection() {
    return null;
  }

  /** Nothing: their certificates say who they are. */
  @Override
  public void allow(FargateTaskDefinition task, ProxyId proxy) {}

  @Override
  public int applicationPort() {
    return Sidecar.applicationPort(WalkthroughPorts.HTTP);
  }

  @Override
  public Duration recordsLive() {
    return Sidecar.recordsLive();
  }

  @Override
  public void addGateway(FargateTaskDefinition task, ProxyId gateway) {
    Gateway.addTo(task, ColorgatewayService.CONTAINER, container("gateway-envoy"), proxy(gateway));
  }

  @Override
  public void addNode(
      FargateTaskDefinition task,
      ProxyId node,
      String name,
      ContainerDefinitionOptions.Builder application) {
    Sidecar.addTo(
        task,
        container(name + "-envoy"),
        proxy(node),
        task.addContainer(ColortellerService.CONTAINER, application.build()),
        ContainerDependencyCondition.HEALTHY);
  }

  private static MeshProxy proxy(ProxyId id) {
    return new MeshProxy(id, List.of(WalkthroughPorts.HTTP));
  }

  private EnvoyContainer container(String logPrefix) {
    return new EnvoyContainer(
        image, logs.driver(logPrefix), controlPlane, certificates, statsdPort);
  }
}
