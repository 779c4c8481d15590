package colorteller.mesh;

/** How the Envoys that send to a virtual node find it. */
public sealed interface ServiceDiscovery {

  /** The host name of what it finds, without a dot at the end. */
  String host();

  /** The Cloud Map service that has the addresses, as ECS registers them there for both kinds. */
  CloudMap service();

  /**
   * By looking a host name up.
   *
   * @param hostname the name that DNS knows the node's tasks by
   */
  record Dns(String hostname) implements ServiceDiscovery {

    @Override
    public String host() {
      return hostname.endsWith(".") ? hostname.substring(0, hostname.length() - 1) : hostname;
    }

    @Override
    public CloudMap service() {
      String[] parts = host().split("\\.", 2);
      return new CloudMap(parts.length == 2 ? parts[1] : "", parts[0]);
    }
  }

  /**
   * By asking AWS Cloud Map.
   *
   * @param namespaceName the Cloud Map namespace
   * @param serviceName the Cloud Map service in it
   */
  record CloudMap(String namespaceName, String serviceName) implements ServiceDiscovery {

    /** Cloud Map makes a host name of a service's name and its namespace's. */
    @Override
    public String host() {
      return serviceName + "." + namespaceName;
    }

    @Override
    public CloudMap service() {
      return this;
    }
  }
}
