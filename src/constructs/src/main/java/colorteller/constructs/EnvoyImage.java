package colorteller.constructs;

import software.amazon.awscdk.services.ecr.assets.DockerImageAsset;
import software.amazon.awscdk.services.ecr.assets.Platform;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.constructs.Construct;

/**
 * Envoy's own image with {@code sidecar} as first process, built while the app is deployed and kept
 * in the account's registry: nobody's limit of pulls counts, and all tasks run one digest.
 */
public final class EnvoyImage {

  private EnvoyImage() {}

  /**
   * The image, an asset of the stack that {@code scope} is in. Nothing runs while it is built, so
   * that any machine can build it.
   *
   * @param platform of the tasks that it runs in
   */
  public static ContainerImage of(Construct scope, String id, Platform platform) {
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      folder.copy("envoy/Dockerfile");
      folder.copy("envoy/sidecar");
      return ContainerImage.fromDockerImageAsset(
          DockerImageAsset.Builder.create(scope, id)
              .directory(folder.path().toString())
              .platform(platform)
              .build());
    }
  }
}
