package colorteller.vpc;

import java.nio.file.Path;

/**
 * What the images of containers are on this machine.
 *
 * @param envoy the Envoy executable
 * @param application the class path of the colorteller
 * @param root the project's folder, where the images of the control plane and of the Envoy beside
 *     it have their files
 */
public record Images(Path envoy, String application, Path root) {

  /** Of our own Envoy: the executable with the script that ends it gently. */
  ImageFile sidecar() {
    return ImageFile.read(
        root.resolve("src/constructs/src/main/resources/colorteller/constructs/envoy"));
  }

  ImageFile controlPlane() {
    return ImageFile.read(root.resolve("src/mesh-service"));
  }
}
