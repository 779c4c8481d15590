package colorteller.mesh;

import java.util.List;
import java.util.Optional;

/**
 * A request that somebody can make.
 *
 * @param sender who makes it
 * @param call what is asked
 * @param way where the mesh sends it
 * @param misses the name of the route that it only just misses; empty for one that is to match
 */
public record Request(Sender sender, Call call, RouteTable.Way way, Optional<String> misses) {

  /** A request that a mesh sends its way. */
  public static Request of(Mesh mesh, Sender sender, Call call) {
    return new Request(sender, call, mesh.routes().way(sender, call), Optional.empty());
  }

  /** The gateway that it enters through; empty where a node sends. */
  public Optional<VirtualGateway> gateway() {
    return sender instanceof Sender.Client client
        ? Optional.of(client.gateway())
        : Optional.empty();
  }

  /** The node that it ends at, or that gets most of its like; empty where none does. */
  public Optional<VirtualNode> node() {
    return way.node();
  }

  /**
   * The families of the addresses at which its first Envoy can be asked. What a node sends comes to
   * its own Envoy beside it, whatever the family.
   */
  public List<IpFamily> entries() {
    return gateway().isPresent() ? List.of(IpFamily.values()) : List.of(IpFamily.IPV4);
  }

  /** Its path with its query. */
  public String path() {
    return call.path();
  }
}
