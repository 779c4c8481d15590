package colorteller.local;

/** The mesh on this machine failed: a process ended, or did not do what it was told in time. */
public final class MeshFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public MeshFailure(String message) {
    super(message);
  }
}
