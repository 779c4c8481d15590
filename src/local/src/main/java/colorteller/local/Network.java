package colorteller.local;

import colorteller.controlplane.Instance;
import colorteller.controlplane.Placement;
import colorteller.mesh.Fault;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the Envoys, the applications and the client of a mesh are on this machine. What a mesh does
 * is the same in every network; who is where, and who can tell what became of a connection, is not.
 */
public interface Network extends AutoCloseable {

  /**
   * What a client got.
   *
   * @param status the HTTP status; empty if nobody took the connection, and for TCP
   * @param grpcStatus the status of gRPC, where that was spoken
   * @param body the body of the response, of gRPC and HEAD what its stand-in saw; empty text
   *     without one
   * @param reached whether the first Envoy took the connection, as far as can be told without an id
   */
  record Answer(
      Optional<Integer> status, Optional<Integer> grpcStatus, String body, boolean reached) {

    static final Answer NOT_REACHED = new Answer(Optional.empty(), Optional.empty(), "", false);

    /** Whether an application answered, which always says something, and did not fail. */
    public boolean succeeded() {
      return status.orElse(200) < 400 && grpcStatus.orElse(0) == 0 && !body.isEmpty();
    }
  }

  /** Who tells the Envoys what they are to do; by default a control plane in this process. */
  default ControlPlane controlPlane() {
    return new AdsControlPlane(this);
  }

  /** Where a control plane in this process is to listen. */
  SocketAddress adsAddress();

  /**
   * Starts the Envoys, which connect to the control plane, and the applications.
   *
   * @param controlPlane where the control plane listens
   */
  void start(SocketAddress controlPlane) throws IOException;

  /**
   * Waits until everything runs. The Envoys have been given something by then.
   *
   * @throws MeshFailure if something does not
   */
  void awaitRunning();

  /** The Envoys that run. */
  Envoys envoys();

  /** What the control plane has to know of the network. */
  Placement placement();

  /** What is registered with Cloud Map. */
  Map<CloudMap, List<Instance>> instances(Mesh mesh);

  /** Where a client outside the mesh reaches a gateway's address of a family. */
  URI url(VirtualGateway gateway, IpFamily entry);

  /** Where a gateway takes requests, {@code host:port}. */
  String address(VirtualGateway gateway, IpFamily family);

  /**
   * Makes a request as its sender does, on a connection of its own.
   *
   * @param entry the family of the address of its first Envoy
   * @param id marks the request in the Envoys' access logs; empty leaves no trace there
   * @throws IOException if it ends otherwise than by an answer or a refused connection
   */
  Answer send(Request request, IpFamily entry, Optional<String> id) throws IOException;

  /**
   * Whether a proxy's Envoy takes connections that others make to an address.
   *
   * @param address {@code host:port}, as an Envoy's access log writes it
   */
  boolean listens(ProxyId proxy, String address);

  /**
   * Why a node's application did not take a connection from its Envoy, unless it runs and does not
   * listen there.
   *
   * @param listener the node's listener before the application
   * @param tried the family of the loopback address that the Envoy tried
   * @param address that address, {@code host:port}
   */
  Optional<String> refusedByApplication(
      VirtualNode node, Listener listener, IpFamily tried, String address);

  /** How a node's application is told to fail, if it is. */
  default Optional<Fault> fault(VirtualNode node) {
    return Optional.empty();
  }

  /**
   * Fails if anything but an Envoy that should run has ended.
   *
   * @throws MeshFailure which names it
   */
  void supervise();

  @Override
  void close();
}
