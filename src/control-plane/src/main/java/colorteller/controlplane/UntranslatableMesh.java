package colorteller.controlplane;

/**
 * A mesh that Envoys cannot be told, where they are. The message names the place and the way out.
 */
public final class UntranslatableMesh extends RuntimeException {

  UntranslatableMesh(String message) {
    super(message);
  }
}
