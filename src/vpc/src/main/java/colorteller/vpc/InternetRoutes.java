package colorteller.vpc;

import colorteller.deployment.Subnet;
import colorteller.mesh.IpFamily;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The default routes of a VPC's subnets → nftables rules of its router: an internet gateway lets
 * connections in and out, a NAT gateway and an egress-only internet gateway let them out, and
 * without a default route of a family nothing of it passes.
 */
final class InternetRoutes {

  private InternetRoutes() {}

  /**
   * The nftables text for the router.
   *
   * @param subnets the subnets
   * @param bridges each subnet's interface at the router
   * @param internet the interface at the router behind which the internet is
   */
  static String of(Collection<Subnet> subnets, Map<Subnet, String> bridges, String internet) {
    List<String> forward = new ArrayList<>();
    List<String> nat = new ArrayList<>();
    for (Subnet subnet : subnets) {
      String bridge = Objects.requireNonNull(bridges.get(subnet));
      for (IpFamily family : IpFamily.values()) {
        String protocol = "meta nfproto " + (family == IpFamily.IPV4 ? "ipv4" : "ipv6");
        if (!subnet.isPublic(family)) {
          forward.add("iifname %s oifname %s %s drop".formatted(internet, bridge, protocol));
        }
        if (!subnet.internet().containsKey(family)) {
          forward.add("iifname %s oifname %s %s drop".formatted(bridge, internet, protocol));
        }
      }
      if (subnet.internet().get(IpFamily.IPV4) == Subnet.Way.OUT) {
        // A NAT gateway's address is the internet's only view of what is behind it.
        nat.add(
            "ip saddr %s oifname %s masquerade"
                .formatted(subnet.cidrs().get(IpFamily.IPV4), internet));
      }
    }
    return """
        table inet router {
          chain forward {
            type filter hook forward priority filter
            ct state established,related accept
            %s
          }
          chain nat {
            type nat hook postrouting priority srcnat
            %s
          }
        }
        """
        .formatted(String.join("\n    ", forward), String.join("\n    ", nat));
  }
}
