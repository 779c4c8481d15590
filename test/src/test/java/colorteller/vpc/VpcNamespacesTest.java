package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.deployment.SecurityGroup;
import colorteller.deployment.SecurityGroup.Peer;
import colorteller.deployment.SecurityGroup.Rule;
import colorteller.deployment.Subnet;
import colorteller.deployment.Vpc;
import colorteller.mesh.IpFamily;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

class VpcNamespacesTest {

  @Test
  @ExtendWith(NeedsNamespaces.class)
  void packetsGoWhereAGroupLetsThem() throws Exception {
    Vpc vpc =
        new Vpc(
            "10.0.0.0/16",
            Map.of(
                "public",
                new Subnet(
                    "public",
                    Map.of(IpFamily.IPV4, "10.0.0.0/19", IpFamily.IPV6, "2001:db8::/64"),
                    Map.of(IpFamily.IPV4, Subnet.Way.BOTH, IpFamily.IPV6, Subnet.Way.BOTH)),
                "private",
                new Subnet(
                    "private",
                    Map.of(IpFamily.IPV4, "10.0.64.0/19", IpFamily.IPV6, "2001:db8:0:3::/64"),
                    Map.of(IpFamily.IPV4, Subnet.Way.OUT, IpFamily.IPV6, Subnet.Way.OUT))));
    Map<String, SecurityGroup> groups =
        Map.of(
            "front",
            new SecurityGroup(
                List.of(new Rule("tcp", 80, 80, new Peer.Cidr("0.0.0.0/0"))),
                List.of(new Rule("tcp", 9080, 9080, new Peer.Group("back")))),
            "back",
            new SecurityGroup(
                List.of(new Rule("tcp", 9080, 9080, new Peer.Group("front"))), List.of()));
    try (VpcNamespaces network = new VpcNamespaces(vpc, groups)) {
      List<NetworkInterface> attached =
          network.assign(
              List.of(
                  new VpcNamespaces.Attachment("front", "public", Set.of("front")),
                  new VpcNamespaces.Attachment("back", "private", Set.of("back"))));
      network.attach(attached);
      NetworkInterface front = attached.get(0);
      NetworkInterface back = attached.get(1);
      for (String[] way :
          new String[][] {
            {"front", back.addresses().get(IpFamily.IPV4), "9080", "refused"},
            {"front", back.addresses().get(IpFamily.IPV6), "9080", "refused"},
            {"front", back.addresses().get(IpFamily.IPV4), "22", "dropped"},
            {"client", front.addresses().get(IpFamily.IPV4), "80", "refused"},
            {"client", front.addresses().get(IpFamily.IPV6), "80", "dropped"},
            {"back", front.addresses().get(IpFamily.IPV4), "80", "dropped"},
          }) {
        Process connect =
            network
                .process(
                    way[0],
                    List.of(
                        "python3",
                        "-c",
                        "import socket\ntry: socket.create_connection(('%s',%s),3)\nexcept ConnectionRefusedError: print('refused')\nexcept TimeoutError: print('dropped')"
                            .formatted(way[1], way[2])),
                    Map.of())
                .start();
        assertThat(new String(connect.getInputStream().readAllBytes()).strip())
            .as(String.join(" ", way) + new String(connect.getErrorStream().readAllBytes()))
            .isEqualTo(way[3]);
      }
    }
  }
}
