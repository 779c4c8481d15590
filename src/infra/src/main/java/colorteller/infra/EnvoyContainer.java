package colorteller.infra;

import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.ProxyId;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.HealthCheck;
import software.amazon.awscdk.services.ecs.PortMapping;

/** App Mesh's Envoy in a task. */
final class EnvoyContainer {

  /** The user whose traffic is not redirected to the Envoy: its own. */
  static final int USER = 1337;

  private EnvoyContainer() {}

  /**
   * The container.
   *
   * @param proxy the one that it is
   * @param ports those that it listens on, beside the admin interface's
   */
  static ContainerDefinitionOptions options(
      TaskEnvironment environment, ProxyId proxy, String logPrefix, List<Integer> ports) {
    return ContainerDefinitionOptions.builder()
        .image(environment.envoyImage())
        .user(Integer.toString(USER))
        // More than its agent lets connections drain (LISTENER_DRAIN_WAIT_TIME_S).
        .stopTimeout(Duration.seconds(30))
        .essential(true)
        .environment(environment.envoyEnvironment(proxy))
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
        .logging(environment.logDriver(logPrefix))
        .build();
  }
}
