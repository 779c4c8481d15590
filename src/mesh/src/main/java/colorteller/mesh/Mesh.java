package colorteller.mesh;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A mesh as its template describes it. Names refer to what the mesh has: whoever builds one checks
 * that ({@link colorteller.mesh.template.MeshReader}).
 *
 * @param name the mesh's name
 * @param owner the account that owns it, if its parts say that
 * @param preference the mesh's IP preference, {@link IpPreference#NONE} where it has none
 * @param allowsExternalTraffic whether Envoys pass on traffic to outside the mesh (egress filter
 *     {@code ALLOW_ALL})
 * @param gateways by name
 * @param services by name
 * @param routers by name
 * @param nodes by name
 * @param outside what it refers to and does not have; the mesh itself is among these where the
 *     templates only add to it
 */
public record Mesh(
    String name,
    Optional<String> owner,
    IpPreference preference,
    boolean allowsExternalTraffic,
    Map<String, VirtualGateway> gateways,
    Map<String, VirtualService> services,
    Map<String, VirtualRouter> routers,
    Map<String, VirtualNode> nodes,
    Set<Outside> outside) {

  /** A mesh that is whole. */
  public Mesh(
      String name,
      IpPreference preference,
      boolean allowsExternalTraffic,
      Map<String, VirtualGateway> gateways,
      Map<String, VirtualService> services,
      Map<String, VirtualRouter> routers,
      Map<String, VirtualNode> nodes) {
    this(
        name,
        Optional.empty(),
        preference,
        allowsExternalTraffic,
        gateways,
        services,
        routers,
        nodes,
        Set.of());
  }

  /** Whether the templates only add to it. */
  public boolean isElsewhere() {
    return outside.stream().anyMatch(one -> one.type().equals("Mesh"));
  }

  /** The same with another IP preference and other nodes. */
  public Mesh with(IpPreference other, Map<String, VirtualNode> otherNodes) {
    return new Mesh(
        name,
        owner,
        other,
        allowsExternalTraffic,
        gateways,
        services,
        routers,
        otherNodes,
        outside);
  }

  /**
   * The preference that counts for a node: its own, else the mesh's. It configures the node's own
   * Envoy and, for this node, every Envoy that sends to it.
   */
  public IpPreference effectivePreference(VirtualNode node) {
    return node.preference() == IpPreference.NONE ? preference : node.preference();
  }

  /**
   * The same mesh with other IP preferences.
   *
   * @param ofMesh the mesh's
   * @param ofNodes those of the nodes that have one of their own, by the node's name
   */
  public Mesh withPreferences(IpPreference ofMesh, Map<String, IpPreference> ofNodes) {
    Map<String, VirtualNode> changed = new LinkedHashMap<>();
    nodes.forEach(
        (key, node) ->
            changed.put(key, node.with(ofNodes.getOrDefault(node.name(), IpPreference.NONE))));
    return with(ofMesh, changed);
  }

  /** Where it sends requests. */
  public RouteTable routes() {
    return new RouteTable(this);
  }

  /**
   * A request for every route that takes one: of clients, a path for each route behind those of the
   * gateways, in the order of the virtual services; then of nodes to their backends.
   */
  public List<Request> requests() {
    return new RequestPlan(this).hits();
  }

  /** For each of these routes, the nearest request that it does not take, where there is one. */
  public List<Request> nearMisses() {
    return new RequestPlan(this).misses();
  }
}
