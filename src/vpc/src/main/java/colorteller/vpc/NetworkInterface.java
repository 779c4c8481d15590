package colorteller.vpc;

import colorteller.mesh.IpFamily;
import java.util.Map;
import java.util.Set;

/**
 * What connects a task, a load balancer or an instance to its subnet; EC2 calls it an elastic
 * network interface.
 *
 * @param namespace the network namespace that it is in, which bears the name of what it connects
 * @param subnet the id of its subnet
 * @param addresses its address in each family of the subnet
 * @param groups the ids of its security groups
 */
record NetworkInterface(
    String namespace, String subnet, Map<IpFamily, String> addresses, Set<String> groups) {

  /** Its name in its namespace. */
  static final String NAME = "eth0";
}
