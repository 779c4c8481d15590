package colorteller.mesh;

import java.util.Map;

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
   * @param responseType what a response of DNS lists
   */
  record Dns(String hostname, ResponseType responseType) implements ServiceDiscovery {

    /** What the addresses in a response of DNS are. */
    public enum ResponseType {
      /** Ways to a load balancer: one is used. */
      LOADBALANCER,
      /** The node's instances: all are used. */
      ENDPOINTS
    }

    /** With App Mesh's default. */
    public Dns(String hostname) {
      this(hostname, ResponseType.LOADBALANCER);
    }

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
   * @param attributes which an instance must have, all of them, to be one of the node
   */
  record CloudMap(String namespaceName, String serviceName, Map<String, String> attributes)
      implements ServiceDiscovery {

    /** All instances of a service. */
    public CloudMap(String namespaceName, String serviceName) {
      this(namespaceName, serviceName, Map.of());
    }

    /** Cloud Map makes a host name of a service's name and its namespace's. */
    @Override
    public String host() {
      return serviceName + "." + namespaceName;
    }

    /** The service, whatever its instances' attributes. */
    @Override
    public CloudMap service() {
      return new CloudMap(namespaceName, serviceName);
    }
  }
}
