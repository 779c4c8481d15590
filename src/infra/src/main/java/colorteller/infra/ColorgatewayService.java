package colorteller.infra;

import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.constructs.Construct;

/** The virtual gateway's Envoy, which is a task of its own. */
final class ColorgatewayService extends Construct {

  /** The container that the load balancer sends to. */
  static final String CONTAINER = "app";

  private final FargateService service;

  ColorgatewayService(
      Construct scope, TaskEnvironment environment, ISubnet subnet, SecurityGroup group) {
    super(scope, "colorgateway");
    ProxyId proxy =
        new ProxyId(environment.meshName(), ProxyId.Kind.VIRTUAL_GATEWAY, MeshStack.GATEWAY_NAME);
    FargateTaskDefinition task =
        environment.task(this, environment.meshName() + "-gateway", proxy, null);
    environment.envoys().addGateway(task, proxy);
    service = environment.service(this, "colorgateway", task, IpFamily.dual(), subnet, group);
  }

  FargateService service() {
    return service;
  }
}
