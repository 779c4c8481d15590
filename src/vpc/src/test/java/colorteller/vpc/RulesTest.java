package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.deployment.Deployment;
import colorteller.deployment.EcsService;
import colorteller.deployment.Stacks;
import colorteller.deployment.Subnet;
import colorteller.mesh.IpFamily;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What the walkthrough's golden templates become in nftables' words: a file for each network
 * interface. {@code -Dupdate-golden=true} writes them anew.
 */
class RulesTest {

  private static final Path ROOT = Path.of(System.getProperty("project.root"));
  private static final Path OUT = ROOT.resolve("src/vpc/src/test/resources/testdata/out");

  private final List<NetworkInterface> interfaces = new ArrayList<>();
  private final Map<String, String> rules = new LinkedHashMap<>();

  @Test
  void ofEachInterface() throws Exception {
    Map<String, JsonNode> stacks = new LinkedHashMap<>();
    for (String stack : List.of("vpc", "ecs-cluster", "dns-ecs-service")) {
      Path template =
          ROOT.resolve(
              "test/src/test/resources/templates/v4_only/app-mesh-ipv6-%s.template.json"
                  .formatted(stack));
      stacks.put(stack, new ObjectMapper().readTree(template.toFile()));
    }
    Deployment deployment = Stacks.read(stacks);
    deployment
        .loadBalancers()
        .forEach(l -> attach(deployment, "load-balancer", l.subnets().get(0), l.groups()));
    deployment.instances().forEach(i -> attach(deployment, "bastion", i.subnet(), i.groups()));
    for (EcsService service : deployment.services()) {
      String name = service.registry().orElseThrow().name();
      attach(deployment, name, service.subnets().get(0), service.groups());
      service.task().proxy().ifPresent(proxy -> rules.put(name, EcsRedirection.of(proxy)));
    }
    SecurityGroupFilter filter =
        new SecurityGroupFilter(deployment.groups(), interfaces, "10.0.0.2");
    interfaces.forEach(own -> rules.merge(own.namespace(), filter.of(own), (a, b) -> b + a));
    Map<Subnet, String> bridges = new LinkedHashMap<>();
    deployment
        .vpc()
        .subnets()
        .values()
        .forEach(subnet -> bridges.put(subnet, subnet.name().replaceFirst(".*/", "")));
    rules.put("router", InternetRoutes.of(bridges.keySet(), bridges, "internet"));

    for (Map.Entry<String, String> interfaceRules : rules.entrySet()) {
      Path golden = OUT.resolve(interfaceRules.getKey() + ".nft");
      if (Boolean.getBoolean("update-golden")) {
        Files.writeString(golden, interfaceRules.getValue());
      }
      assertThat(interfaceRules.getValue()).isEqualTo(Files.readString(golden));
    }
  }

  private void attach(Deployment deployment, String name, String subnet, Set<String> groups) {
    Map<IpFamily, String> addresses = new EnumMap<>(IpFamily.class);
    Objects.requireNonNull(deployment.vpc().subnets().get(subnet))
        .cidrs()
        .forEach(
            (family, block) ->
                addresses.put(
                    family,
                    family == IpFamily.IPV4
                        ? block.replaceFirst("\\.0/.*", "." + (10 + interfaces.size()))
                        : block.replaceFirst("::/.*", "::" + (10 + interfaces.size()))));
    interfaces.add(new NetworkInterface(name, subnet, addresses, "169.254.172.2", groups));
  }
}
