package colorteller.deployment;

import colorteller.mesh.IpFamily;
import java.util.Map;
import java.util.Optional;

/**
 * A subnet of a VPC.
 *
 * @param name its tag {@code Name}, else its logical id
 * @param cidrs its block in each family that it has
 * @param internet the way between it and the internet in each family that has a default route
 */
public record Subnet(String name, Map<IpFamily, String> cidrs, Map<IpFamily, Way> internet) {

  /** Which connections a default route takes. */
  public enum Way {
    /** In and out: an internet gateway. */
    BOTH,
    /** Out only: a NAT gateway, or an egress-only internet gateway. */
    OUT
  }

  /** Whether a connection from the internet finds the subnet. */
  public boolean isPublic(IpFamily family) {
    return Optional.ofNullable(internet.get(family)).filter(way -> way == Way.BOTH).isPresent();
  }
}
