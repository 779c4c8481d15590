package colorteller.infra;

import java.util.List;
import java.util.stream.Stream;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.HealthCheck;
import software.amazon.awscdk.services.ecs.PortMapping;

/** App Mesh's Envoy in a task. */
final class EnvoyContainer {

  /** Where Envoy's admin interface listens. */
  static final int ADMIN_PORT = 9901;

  /** The user whose traffic is not redirected to the Envoy: its own. */
  static final int USER = 1337;

  private EnvoyContainer() {}

  /**
   * The container.
   *
   * @param resource the App Mesh resource that it is, such as {@code mesh/M/virtualNode/N}
   * @param ports those that it listens on, beside the admin interface's
   */
  static ContainerDefinitionOptions options(
      TaskEnvironment environment, String resource, String logPrefix, List<Integer> ports) {
    return ContainerDefinitionOptions.builder()
        .image(environment.envoyImage())
        .user(Integer.toString(USER))
        // Its agent lets connections drain for 20 s (LISTENER_DRAIN_WAIT_TIME_S).
        .stopTimeout(Duration.seconds(30))
        .essential(true)
        .environment(environment.envoyEnvironment(resource))
        .portMappings(
            Stream.concat(ports.stream(), Stream.of(ADMIN_PORT))
                .map(port -> PortMapping.builder().containerPort(port).build())
                .toList())
        .healthCheck(
            HealthCheck.builder()
                .command(
                    List.of(
                        "CMD-SHELL",
                        "curl -s http://localhost:9901/server_info | grep state | grep -q LIVE"))
                .startPeriod(Duration.seconds(10))
                .interval(Duration.seconds(5))
                .timeout(Duration.seconds(2))
                .retries(3)
                .build())
        .logging(environment.logDriver(logPrefix))
        .build();
  }
}
