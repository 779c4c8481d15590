package colorteller.mesh;

/** How the Envoys that send to a virtual node find it. */
public sealed interface ServiceDiscovery {

  /**
   * By looking a host name up.
   *
   * @param hostname the name that DNS knows the node's tasks by
   */
  record Dns(String hostname) implements ServiceDiscovery {}

  /**
   * By asking AWS Cloud Map.
   *
   * @param namespaceName the Cloud Map namespace
   * @param serviceName the Cloud Map service in it
   */
  record CloudMap(String namespaceName, String serviceName) implements ServiceDiscovery {}
}
