package colorteller.local;

import colorteller.controlplane.ProxyResources;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Who tells the Envoys of a mesh what they are to do. */
public interface ControlPlane extends AutoCloseable {

  /**
   * Starts, and lets the network start the Envoys, which connect to it.
   *
   * @param mesh any stage of the mesh
   * @throws MeshFailure if something does not start
   */
  void start(Mesh mesh) throws IOException;

  /**
   * Puts a stage into force, and does not wait.
   *
   * @return what each Envoy is told
   */
  Map<ProxyId, ProxyResources> give(Mesh stage);

  /**
   * Waits until all Envoys have acknowledged what they were told last, or the limit passes.
   *
   * @return the proxies that have not
   * @throws MeshFailure if one rejects it
   */
  Set<ProxyId> missing(Duration limit) throws InterruptedException;

  /** What it knows of its proxies, as JSON. */
  String proxies();

  @Override
  void close();
}
