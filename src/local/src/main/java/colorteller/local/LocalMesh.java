package colorteller.local;

import colorteller.controlplane.ProxyResources;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.Sender;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * A mesh on this machine: a real Envoy for each gateway and node, the nodes' applications, and the
 * control plane. Closing it ends every process and removes every file.
 */
public final class LocalMesh implements AutoCloseable {

  private static final Duration SWITCH_LIMIT = Duration.ofSeconds(15);
  private static final String CLUSTERS_WARMING = "cluster_manager.warming_clusters";
  private static final String LISTENERS_WARMING = "listener_manager.total_listeners_warming";
  private static final String LISTENERS_DRAINING = "listener_manager.total_listeners_draining";

  private final Opened opened = new Opened();
  private final Network network;
  private final ControlPlane controlPlane;
  private Mesh mesh;
  private Map<ProxyId, ProxyResources> given = Map.of();

  /**
   * Starts everything; the Envoys run and have nothing to do before {@link #apply}.
   *
   * @param network where; it is closed with the mesh
   * @param mesh any stage of the mesh: its gateways and nodes, which do not change
   * @throws MeshFailure if something does not start; nothing is left running then
   */
  public LocalMesh(Network network, Mesh mesh) {
    this.network = network;
    this.mesh = mesh;
    opened.add(network);
    try {
      controlPlane = opened.add(network.controlPlane());
      controlPlane.start(mesh);
    } catch (IOException e) {
      close();
      throw new MeshFailure("The mesh cannot start on this machine: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * Gives every Envoy what a stage asks of it, and waits until the stage has taken effect: every
   * Envoy has acknowledged it, none has a cluster or listener that warms or a listener that drains.
   *
   * @return how long it took until all had acknowledged and nothing warmed
   * @throws MeshFailure if an Envoy has ended, rejects its resources or is not done in time
   */
  public Duration apply(Mesh stage) {
    long start = System.nanoTime();
    mesh = stage;
    given = controlPlane.give(stage);
    Envoys envoys = network.envoys();
    envoys.await("acknowledge their resources", SWITCH_LIMIT, controlPlane::missing);
    envoys.await(
        "warm their clusters and listeners",
        SWITCH_LIMIT,
        envoys.zero(CLUSTERS_WARMING, LISTENERS_WARMING));
    Duration converged = Duration.ofNanos(System.nanoTime() - start);
    envoys.await("drain their former listeners", SWITCH_LIMIT, envoys.zero(LISTENERS_DRAINING));
    return converged;
  }

  /** What requests give now; see {@link Prober}. */
  public Prober prober() {
    return new Prober(this);
  }

  /**
   * Fails if anything that should run has ended.
   *
   * @throws MeshFailure which names it
   */
  public void supervise() {
    network.envoys().supervise();
    network.supervise();
  }

  /** What each Envoy was given last. */
  public Map<ProxyId, ProxyResources> given() {
    return given;
  }

  /** What the control plane knows of its proxies, as JSON. */
  public String proxies() {
    return controlPlane.proxies();
  }

  /** The stage in force. */
  public Mesh mesh() {
    return mesh;
  }

  public Network network() {
    return network;
  }

  ProxyId proxy(VirtualGateway gateway) {
    return ProxyId.of(mesh, gateway);
  }

  ProxyId proxy(VirtualNode node) {
    return ProxyId.of(mesh, node);
  }

  /** The proxy whose Envoy takes a request first. */
  ProxyId first(Request request) {
    return request.sender() instanceof Sender.Node sender
        ? proxy(sender.node())
        : proxy(request.gateway().orElseThrow());
  }

  /** Ends what was started, in the opposite order. Can be called again. */
  @Override
  public void close() {
    opened.close();
  }
}
