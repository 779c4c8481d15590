package colorteller.infra;

import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import colorteller.mesh.TaskPromise;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.HealthCheck;
import software.amazon.awscdk.services.ecs.PortMapping;
import software.constructs.Construct;

/**
 * A colour: its application beside an Envoy, its ECS service, and its Cloud Map service, whose
 * records say by which families it can be discovered.
 */
final class ColortellerService extends Construct {

  /**
   * How long it answers after SIGTERM, while its health check fails already: Envoys that send to it
   * look every 5 s, for 2 s at most, and leave it when they have seen that twice.
   */
  private static final int STOP_AFTER_SECONDS = 15;

  /** The application. */
  static final String CONTAINER = "app";

  ColortellerService(
      Construct scope,
      TaskEnvironment environment,
      Color color,
      ISubnet subnet,
      SecurityGroup group) {
    super(scope, color.serviceName());
    ProxyId proxy =
        new ProxyId(environment.meshName(), ProxyId.Kind.VIRTUAL_NODE, color.virtualNodeName());
    Envoys envoys = environment.envoys();
    FargateTaskDefinition task =
        environment.task(
            this, environment.meshName() + "-" + color.color(), proxy, envoys.redirection());
    int port = envoys.applicationPort();
    envoys.addNode(
        task,
        proxy,
        color.color(),
        ContainerDefinitionOptions.builder()
            .image(environment.colortellerImage())
            .essential(true)
            .readonlyRootFilesystem(true)
            .stopTimeout(Duration.seconds(STOP_AFTER_SECONDS + 5))
            .healthCheck(healthCheck(color, port))
            .environment(settings(color, port))
            .portMappings(List.of(PortMapping.builder().containerPort(port).build()))
            .logging(environment.logs().driver(color.color() + "-app")));
    environment.service(this, color.serviceName(), task, color.discovery(), subnet, group);
  }

  private static Map<String, String> settings(Color color, int port) {
    Map<String, String> settings =
        new TreeMap<>(TaskPromise.toApplication(port, color.color(), color.application()));
    settings.put("STOP_AFTER_SECONDS", Integer.toString(STOP_AFTER_SECONDS));
    return settings;
  }

  /** Asks on the loopback address that its Envoy would use, with what the image has. */
  private static HealthCheck healthCheck(Color color, int port) {
    String loopback = color.application().contains(IpFamily.IPV4) ? "127.0.0.1" : "[::1]";
    return HealthCheck.builder()
        .command(
            List.of(
                "CMD",
                "wget",
                "-q",
                "-O",
                "/dev/null",
                "http://%s:%d/ping".formatted(loopback, port)))
        .startPeriod(Duration.seconds(10))
        .interval(Duration.seconds(10))
        .timeout(Duration.seconds(2))
        .retries(3)
        .build();
  }
}
