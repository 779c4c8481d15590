package colorteller.infra;

import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.ProxyId;
import colorteller.mesh.TaskPromise;
import colorteller.mesh.WalkthroughPorts;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ecs.AppMeshProxyConfiguration;
import software.amazon.awscdk.services.ecs.AppMeshProxyConfigurationProps;
import software.amazon.awscdk.services.ecs.ContainerDefinition;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerDependency;
import software.amazon.awscdk.services.ecs.ContainerDependencyCondition;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.HealthCheck;
import software.amazon.awscdk.services.ecs.PortMapping;
import software.amazon.awscdk.services.ecs.ProxyConfiguration;
import software.amazon.awscdk.services.iam.PolicyStatement;

/**
 * App Mesh's Envoys, to which ECS redirects the applications' connections.
 *
 * @param metrics whether their statistics go to the CloudWatch agent beside them
 */
record AppMeshEnvoys(ContainerImage image, Logs logs, boolean metrics) implements Envoys {

  /** The user whose traffic is not redirected to the Envoy: its own. */
  private static final int USER = 1337;

  @Override
  public ProxyConfiguration redirection() {
    return AppMeshProxyConfiguration.Builder.create()
        .containerName("envoy")
        .properties(
            AppMeshProxyConfigurationProps.builder()
                .ignoredUid(USER)
                .proxyIngressPort(EnvoyPorts.INGRESS)
                .proxyEgressPort(EnvoyPorts.EGRESS)
                .appPorts(List.of(WalkthroughPorts.HTTP))
                .egressIgnoredIPs(List.of("169.254.170.2", "169.254.169.254"))
                .build())
        .build();
  }

  @Override
  public void allow(FargateTaskDefinition task, ProxyId proxy) {
    task.addToTaskRolePolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("appmesh:StreamAggregatedResources"))
            .resources(List.of(MeshStack.arn(task, proxy.toString())))
            .build());
  }

  @Override
  public int applicationPort() {
    return WalkthroughPorts.HTTP;
  }

  @Override
  public Duration recordsLive() {
    return Duration.seconds(300);
  }

  @Override
  public void addGateway(FargateTaskDefinition task, ProxyId gateway) {
    task.addContainer(
        ColorgatewayService.CONTAINER,
        options(gateway, "gateway-envoy", List.of(WalkthroughPorts.HTTP)));
  }

  @Override
  public void addNode(
      FargateTaskDefinition task,
      ProxyId node,
      String name,
      ContainerDefinitionOptions.Builder application) {
    ContainerDefinition envoy =
        task.addContainer(
            "envoy",
            options(node, name + "-envoy", List.of(EnvoyPorts.INGRESS, EnvoyPorts.EGRESS)));
    task.addContainer(ColortellerService.CONTAINER, application.build())
        .addContainerDependencies(
            ContainerDependency.builder()
                .container(envoy)
                .condition(ContainerDependencyCondition.HEALTHY)
                .build());
  }

  private ContainerDefinitionOptions options(ProxyId proxy, String logPrefix, List<Integer> ports) {
    return ContainerDefinitionOptions.builder()
        .image(image)
        .user(Integer.toString(USER))
        // More than its agent lets connections drain (LISTENER_DRAIN_WAIT_TIME_S).
        .stopTimeout(Duration.seconds(30))
        .essential(true)
        .environment(environment(proxy))
        .portMappings(
            Stream.concat(ports.stream(), Stream.of(EnvoyPorts.ADMIN))
                .map(port -> PortMapping.builder().containerPort(port).build())
                .toList())
        .healthCheck(
            HealthCheck.builder()
                .command(
                    List.of(
                        "CMD-SHELL",
                        "curl -s http://localhost:%d/server_info | grep state | grep -q LIVE"
                            .formatted(EnvoyPorts.ADMIN)))
                .startPeriod(Duration.seconds(10))
                .interval(Duration.seconds(5))
                .timeout(Duration.seconds(2))
                .retries(3)
                .build())
        .logging(logs.driver(logPrefix))
        .build();
  }

  /** By which App Mesh's Envoy knows who it is, in an order that stays. */
  private Map<String, String> environment(ProxyId proxy) {
    Map<String, String> environment = new TreeMap<>(TaskPromise.toEnvoy(proxy));
    environment.put("ENABLE_ENVOY_STATS_TAGS", "1");
    // The admin interface listens on IPv6 as well, for the bastion.
    environment.put("ENVOY_ADMIN_ACCESS_ENABLE_IPV6", "true");
    environment.put("ENVOY_LOG_LEVEL", "info");
    // Its agent's least. By then nobody sends to it: its application has drained, or the load
    // balancer has left it.
    environment.put("LISTENER_DRAIN_WAIT_TIME_S", "5");
    if (metrics) {
      environment.put("ENABLE_ENVOY_DOG_STATSD", "1");
      environment.put("STATSD_PORT", Integer.toString(CloudWatchAgent.STATSD_PORT));
    }
    return environment;
  }
}
