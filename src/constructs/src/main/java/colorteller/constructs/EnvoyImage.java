package colorteller.constructs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import software.amazon.awscdk.services.ecr.assets.DockerImageAsset;
import software.amazon.awscdk.services.ecr.assets.Platform;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.constructs.Construct;

/**
 * Envoy's own image with {@code sidecar} as first process, built while the app is deployed and kept
 * in the account's registry: nobody's limit of pulls counts, and all tasks run one digest.
 */
public final class EnvoyImage {

  private static final List<String> FILES = List.of("Dockerfile", "sidecar");

  private EnvoyImage() {}

  /** The image for ARM, an asset of the stack that {@code scope} is in. */
  public static ContainerImage of(Construct scope, String id) {
    Path folder = folder();
    try {
      return ContainerImage.fromDockerImageAsset(
          DockerImageAsset.Builder.create(scope, id)
              .directory(folder.toString())
              .platform(Platform.LINUX_ARM64)
              .build());
    } finally {
      // Whoever synthesizes has a copy, or reads nothing but its name.
      delete(folder);
    }
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("envoy");
      for (String name : FILES) {
        try (InputStream file = EnvoyImage.class.getResourceAsStream("envoy/" + name)) {
          if (file == null) {
            throw new IllegalStateException("The jar lacks envoy/" + name);
          }
          Files.copy(file, folder.resolve(name));
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try {
      for (String name : FILES) {
        Files.delete(folder.resolve(name));
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
