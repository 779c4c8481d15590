package colorteller.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.deployment.SecurityGroup.Peer;
import colorteller.deployment.SecurityGroup.Rule;
import colorteller.mesh.IpFamily;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The walkthrough's own stacks, in an order in which they could not be deployed. */
class StacksTest {

  private static Map<String, JsonNode> stacks(String... names) throws Exception {
    Map<String, JsonNode> stacks = new LinkedHashMap<>();
    for (String name : names) {
      stacks.put(
          name,
          new ObjectMapper()
              .readTree(
                  Path.of(
                          System.getProperty("project.root"),
                          "test/src/test/resources/templates/v4_only/app-mesh-ipv6-%s.template.json"
                              .formatted(name))
                      .toFile()));
    }
    return stacks;
  }

  @Test
  void theWalkthrough() throws Exception {
    Deployment deployment =
        Stacks.read(stacks("dns-ecs-service", "dns-mesh", "ecs-cluster", "vpc"));

    assertThat(deployment.vpc().subnets().values())
        .contains(
            new Subnet(
                "app-mesh-ipv6-vpc/PrivateSubnet1",
                Map.of(IpFamily.IPV4, "10.0.64.0/19"),
                Map.of(IpFamily.IPV4, Subnet.Way.OUT)),
            new Subnet(
                "app-mesh-ipv6-vpc/PrivateSubnet2",
                Map.of(IpFamily.IPV4, "10.0.96.0/19", IpFamily.IPV6, "2001:db8:0:3::/64"),
                Map.of(IpFamily.IPV4, Subnet.Way.OUT, IpFamily.IPV6, Subnet.Way.OUT)))
        .filteredOn(subnet -> subnet.isPublic(IpFamily.IPV6))
        .hasSize(2);

    EcsService red =
        deployment.services().stream()
            .filter(service -> service.registry().orElseThrow().name().equals("colorteller-red"))
            .findFirst()
            .orElseThrow();
    assertThat(red.subnets()).containsExactly("vpc/VpcPrivateSubnet1Subnet536B997A");
    assertThat(red.registry().orElseThrow().host())
        .isEqualTo("colorteller-red.default.svc.cluster.local.dns");
    assertThat(red.task().proxy().orElseThrow().appPorts()).isEqualTo(Set.of(9080));
    assertThat(red.task().containers())
        .extracting(TaskDefinition.Container::name)
        .containsExactly("envoy", "app");

    String nodes = red.groups().iterator().next();
    SecurityGroup group = deployment.groups().get(nodes);
    // Of the group itself, of rules that stand alone, and by an import.
    assertThat(group.egress()).contains(new Rule("tcp", 443, 443, new Peer.Cidr("::/0")));
    assertThat(group.ingress())
        .extracting(Rule::peer)
        .contains(new Peer.Group("ecs-cluster/BastionSecurityGroup6D392D75"));

    LoadBalancer loadBalancer = deployment.loadBalancers().get(0);
    assertThat(loadBalancer.listeners()).containsOnlyKeys(80, 81);
    assertThat(loadBalancer.targetGroups().get(loadBalancer.listeners().get(81)).family())
        .isEqualTo(IpFamily.IPV6);
    assertThat(deployment.instances()).hasSize(1);
  }

  @Test
  void anImportThatNobodyExports() {
    assertThatThrownBy(() -> Stacks.read(stacks("ecs-cluster")))
        .isInstanceOf(DeploymentException.class)
        .hasMessage(
            "stack ecs-cluster imports app-mesh-ipv6:PublicSubnet1, app-mesh-ipv6:VPC, which no stack exports");
    assertThatThrownBy(() -> Stacks.read(Map.of())).hasMessageContaining("0 VPCs");
  }
}
