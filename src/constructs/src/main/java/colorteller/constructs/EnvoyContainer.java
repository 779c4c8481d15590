package colorteller.constructs;

import colorteller.mesh.ProxyId;
import colorteller.mesh.TaskPromise;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.HealthCheck;
import software.amazon.awscdk.services.ecs.LogDriver;
import software.amazon.awscdk.services.ecs.PortMapping;
import software.amazon.awscdk.services.ecs.Secret;
import software.constructs.Construct;

/**
 * The Envoy in a task. It needs no permission of the task's role: its certificate says who it is.
 *
 * @param image see {@link EnvoyImage}
 * @param logs where it logs
 * @param controlPlane the host name of its control plane
 * @param certificates where its certificate is
 * @param statsdPort of an agent in the task that takes Envoy's statistics, if there is one
 */
public record EnvoyContainer(
    ContainerImage image,
    LogDriver logs,
    String controlPlane,
    MeshCertificates.Parameters certificates,
    OptionalInt statsdPort) {

  private static final int HEALTH_CHECK_SECONDS = 5;

  /** A machine that is busy for a moment fails no Envoy. */
  private static final int HEALTH_CHECKS = 3;

  /**
   * How long it lasts at most until a task that ends is in no record and no cache any more: its
   * failed health checks (15 s), its record's life (10 s), an Envoy's look at it (5 s), and a bit.
   */
  private static final int LET_GO_SECONDS = 40;

  /** Fargate gives 120 s, and ends what has not ended then. */
  private static final int STOP_SECONDS = 120;

  /** By then it ends whatever goes on. */
  private static final int LAST_SECONDS = 110;

  ContainerDefinitionOptions options(
      Construct task, ProxyId proxy, String adminAddress, Collection<Integer> ports) {
    return ContainerDefinitionOptions.builder()
        .image(image)
        .essential(true)
        .readonlyRootFilesystem(true)
        .stopTimeout(Duration.seconds(STOP_SECONDS))
        .environment(environment(proxy, adminAddress))
        .secrets(
            // In the same order in every synthesis.
            new TreeMap<>(
                Map.of(
                    EnvoyBootstrap.IDENTITY,
                    Secret.fromSsmParameter(certificates.identity(task, "Identity", proxy)),
                    EnvoyBootstrap.TRUST_BUNDLE,
                    Secret.fromSsmParameter(certificates.trustBundle(task, "TrustBundle")))))
        .portMappings(
            ports.stream().map(port -> PortMapping.builder().containerPort(port).build()).toList())
        .healthCheck(
            HealthCheck.builder()
                .command(List.of("CMD", "sidecar", "health"))
                .startPeriod(Duration.seconds(30))
                .interval(Duration.seconds(HEALTH_CHECK_SECONDS))
                .timeout(Duration.seconds(2))
                .retries(HEALTH_CHECKS)
                .build())
        .logging(logs)
        .build();
  }

  private Map<String, String> environment(ProxyId proxy, String adminAddress) {
    Map<String, String> environment = new TreeMap<>(TaskPromise.toEnvoy(proxy));
    environment.put(
        "ENVOY_BOOTSTRAP",
        new EnvoyBootstrap(proxy, controlPlane, adminAddress, statsdPort).json());
    environment.put("SIDECAR_LET_GO_SECONDS", Integer.toString(LET_GO_SECONDS));
    environment.put("SIDECAR_LAST_SECONDS", Integer.toString(LAST_SECONDS));
    return environment;
  }
}
