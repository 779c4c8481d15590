package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every opening of every security group, as a whole set: anything new fails. */
class SecurityGroupsTest {

  static final String SERVICES =
      """
      SERVICES: LoadBalancer tcp 80 from 0.0.0.0/0
      SERVICES: LoadBalancer tcp 80 from ::/0
      SERVICES: LoadBalancer tcp 81 from 0.0.0.0/0
      SERVICES: LoadBalancer tcp 81 from ::/0
      SERVICES: LoadBalancer tcp 9080 to Gateway
      SERVICES: Gateway tcp 9080 from LoadBalancer
      SERVICES: Gateway tcp 9901 from bastion
      SERVICES: Gateway tcp 9080 to Nodes
      SERVICES: Gateway tcp 443 to 0.0.0.0/0
      SERVICES: Gateway tcp 443 to ::/0
      SERVICES: Nodes tcp 9080 from Gateway
      SERVICES: Nodes tcp 9080 from bastion
      SERVICES: Nodes tcp 443 to 0.0.0.0/0
      SERVICES: Nodes tcp 443 to ::/0
      SERVICES: bastion tcp 9080 to Nodes
      SERVICES: bastion tcp 9901 to Gateway
      """;

  static final String CLUSTER =
      """
      app-mesh-ipv6-ecs-cluster: bastion tcp 443 to 0.0.0.0/0
      app-mesh-ipv6-ecs-cluster: bastion tcp 443 to ::/0
      """;

  private static final String EXPECTED =
      CLUSTER
          + SERVICES.replace("SERVICES", "app-mesh-ipv6-dns-ecs-service")
          + SERVICES.replace("SERVICES", "app-mesh-ipv6-cloud-ecs-service");

  @Test
  void openings() {
    assertThat(openings(Synthesized.stage(Stage.V4_ONLY)))
        .containsExactlyInAnyOrder(EXPECTED.split("\n"));
  }

  @Test
  void everyOption() {
    assertThat(openings(Synthesized.everyOption()))
        .containsExactlyInAnyOrder(
            (EXPECTED + "app-mesh-ipv6-ecs-cluster: bastion tcp 22 from 203.0.113.0/24")
                .split("\n"));
  }

  /** Who wears which group: what an opening is worth. */
  @Test
  void wearers() {
    for (Variant variant : Variant.values()) {
      Map<String, String> expected = new TreeMap<>();
      for (Color color : Color.values()) {
        expected.put("colorteller" + color.color() + "Service", "[Nodes]");
      }
      expected.put("colorgatewayService", "[Gateway]");
      expected.put("LoadBalancerPublic", "[LoadBalancer]");
      assertThat(wearers("app-mesh-ipv6-%s-ecs-service".formatted(variant.word())))
          .isEqualTo(expected);
    }
    assertThat(wearers("app-mesh-ipv6-ecs-cluster"))
        .isEqualTo(Map.of("BastionInstance", "[bastion]"));
    assertThat(wearers("app-mesh-ipv6-vpc")).isEmpty();
  }

  private static Map<String, String> wearers(String stack) {
    Map<String, String> wearers = new TreeMap<>();
    Synthesized.stage(Stage.V4_ONLY)
        .get(stack)
        .path("Resources")
        .properties()
        .forEach(
            resource ->
                Stream.of("SecurityGroups", "SecurityGroupIds", "GroupSet")
                    .flatMap(property -> resource.getValue().findValues(property).stream())
                    .forEach(
                        groups ->
                            wearers.merge(
                                name(resource.getKey()),
                                groups
                                    .valueStream()
                                    .map(SecurityGroupsTest::name)
                                    .toList()
                                    .toString(),
                                String::concat)));
    return wearers;
  }

  static Set<String> openings(Map<String, JsonNode> templates) {
    Set<String> openings = new TreeSet<>();
    templates.forEach(
        (stack, template) ->
            template
                .path("Resources")
                .properties()
                .forEach(
                    resource -> {
                      JsonNode properties = resource.getValue().path("Properties");
                      String own = name(resource.getKey());
                      String id = name(properties.path("GroupId"));
                      switch (resource.getValue().path("Type").asText()) {
                        case "AWS::EC2::SecurityGroup" -> {
                          properties
                              .path("SecurityGroupIngress")
                              .forEach(r -> openings.add(line(stack, own, r, "from")));
                          properties
                              .path("SecurityGroupEgress")
                              .forEach(r -> openings.add(line(stack, own, r, "to")));
                        }
                        case "AWS::EC2::SecurityGroupIngress" ->
                            openings.add(line(stack, id, properties, "from"));
                        case "AWS::EC2::SecurityGroupEgress" ->
                            openings.add(line(stack, id, properties, "to"));
                        default -> {}
                      }
                    }));
    return openings;
  }

  private static String line(String stack, String group, JsonNode rule, String direction) {
    String from = rule.path("FromPort").asText();
    String to = rule.path("ToPort").asText();
    return "%s: %s %s %s %s %s"
        .formatted(
            stack,
            group,
            rule.path("IpProtocol").asText(),
            from.equals(to) ? from : from + "-" + to,
            direction,
            peer(rule));
  }

  private static String peer(JsonNode rule) {
    for (String property :
        List.of(
            "CidrIp",
            "CidrIpv6",
            "SourceSecurityGroupId",
            "DestinationSecurityGroupId",
            "SourcePrefixListId",
            "DestinationPrefixListId")) {
      if (rule.has(property)) {
        return name(rule.path(property));
      }
    }
    return rule.toString();
  }

  private static String name(JsonNode value) {
    return name(
        value.isTextual()
            ? value.asText()
            : value.path("Fn::GetAtt").path(0).asText(value.path("Fn::ImportValue").asText()));
  }

  /** A group's name in the code; a block stays as it is. */
  private static String name(String id) {
    return id.contains("BastionSecurityGroup")
        ? "bastion"
        : id.replaceFirst("^SecurityGroups", "").replaceFirst("[0-9A-F]{8}$", "");
  }
}
