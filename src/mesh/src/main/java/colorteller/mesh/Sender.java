package colorteller.mesh;

/** Who sends a request, as its Envoys see it. */
public sealed interface Sender {

  /** The name of the gateway or the node whose Envoy takes the request first. */
  String name();

  /**
   * A client outside the mesh.
   *
   * @param gateway the gateway that it enters through
   * @param listener the gateway's listener that takes it
   */
  record Client(VirtualGateway gateway, Listener listener) implements Sender {
    @Override
    public String name() {
      return gateway.name();
    }
  }

  /**
   * The application of a node.
   *
   * @param node the node
   */
  record Node(VirtualNode node) implements Sender {
    @Override
    public String name() {
      return node.name();
    }
  }
}
