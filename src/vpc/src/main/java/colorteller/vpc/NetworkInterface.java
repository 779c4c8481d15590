package colorteller.vpc;

import colorteller.mesh.IpFamily;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What connects a task, a load balancer or an instance to its subnet; EC2 calls it an elastic
 * network interface.
 *
 * @param namespace the network namespace that it is in, which bears the name of what it connects
 * @param subnet the id of its subnet
 * @param addresses its address in each family of the subnet
 * @param management its namespace's link-local address, at which this program reaches it
 * @param groups the ids of its security groups
 */
record NetworkInterface(
    String namespace,
    String subnet,
    Map<IpFamily, String> addresses,
    String management,
    Set<String> groups) {

  /** Its address of a family. */
  Optional<String> address(IpFamily family) {
    return Optional.ofNullable(addresses.get(family));
  }

  /** Its name in its namespace. */
  static final String NAME = "eth0";
}
