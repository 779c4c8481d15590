package colorteller.controlplane;

import java.nio.file.Path;

/**
 * A mesh that Envoys cannot be told, where they are. The message names the place and the way out.
 */
public final class UntranslatableMesh extends RuntimeException {

  UntranslatableMesh(String message) {
    super(message);
  }

  /** The same, of the mesh that a file describes. */
  public UntranslatableMesh in(Path file) {
    return new UntranslatableMesh(file + ": " + getMessage());
  }
}
