package colorteller.constructs;

import java.util.Map;
import software.amazon.awscdk.services.ecr.assets.DockerImageAsset;
import software.amazon.awscdk.services.ecr.assets.Platform;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.constructs.Construct;

/**
 * Envoy's own image with {@code sidecar} as first process, built while the app is deployed and kept
 * in the account's registry: nobody's limit of pulls counts, and all tasks run one digest.
 */
public final class EnvoyImage {

  /** Envoy's own image, of the release that this project is tested with. */
  public static final String ENVOY = "envoyproxy/envoy:v1.40.0";

  private EnvoyImage() {}

  /**
   * The image, an asset of the stack that {@code scope} is in. Nothing runs while it is built, so
   * that any machine can build it.
   *
   * @param platform of the tasks that it runs in
   */
  public static ContainerImage of(Construct scope, String id, Platform platform) {
    return of(scope, id, platform, ENVOY);
  }

  /**
   * The same.
   *
   * @param envoy Envoy's own image, or a copy of it; by its digest, nobody can change it. It needs
   *     bash, which the distroless one lacks
   */
  public static ContainerImage of(Construct scope, String id, Platform platform, String envoy) {
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      folder.copy("envoy/Dockerfile");
      folder.copy("envoy/sidecar");
      return ContainerImage.fromDockerImageAsset(
          DockerImageAsset.Builder.create(scope, id)
              .directory(folder.path().toString())
              .platform(platform)
              .buildArgs(Map.of("ENVOY", envoy))
              .build());
    }
  }
}
