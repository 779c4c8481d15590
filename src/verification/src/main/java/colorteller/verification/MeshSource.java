package colorteller.verification;

import colorteller.mesh.Mesh;

/** Where the mesh that is in force is read. */
public interface MeshSource {

  /**
   * Reads the mesh as it is now.
   *
   * @throws VerificationException if there is no such mesh, or it has what cannot be verified
   */
  Mesh read();
}
