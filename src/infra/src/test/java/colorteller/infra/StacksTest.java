package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awscdk.assertions.Match;
import software.amazon.awscdk.assertions.Template;

/** What the stacks hold, against what the original walkthrough deployed. */
class StacksTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void theOriginalsNames() {
    assertThat(Synthesized.stage(Stage.V4_ONLY).keySet())
        .containsExactlyInAnyOrder(
            "app-mesh-ipv6-vpc",
            "app-mesh-ipv6-ecs-cluster",
            "app-mesh-ipv6-dns-mesh",
            "app-mesh-ipv6-cloud-mesh",
            "app-mesh-ipv6-dns-ecs-service",
            "app-mesh-ipv6-cloud-ecs-service");
  }

  @Test
  void anotherProjectMeshAndDomain() {
    Map<String, JsonNode> templates =
        Synthesized.context(
            Map.of("projectName", "mine", "meshName", "net", "servicesDomain", "svc.test"));
    assertThat(templates).containsKeys("mine-dns-mesh", "mine-cloud-ecs-service");
    assertThat(templates.get("mine-dns-mesh").toString())
        .contains("net-dns-mesh", "colorteller-red.svc.test.dns", "colorteller-1.svc.test")
        .doesNotContain("app-mesh-ipv6");
    assertThat(templates.get("mine-dns-ecs-service").toString()).doesNotContain("app-mesh-ipv6");
  }

  @ParameterizedTest
  @EnumSource
  void mesh(Variant variant) {
    Template template = template("app-mesh-ipv6-%s-mesh".formatted(variant.word()));
    template.hasResourceProperties(
        "AWS::AppMesh::Mesh",
        Map.of("MeshName", "app-mesh-ipv6-%s-mesh".formatted(variant.word())));
    template.hasResourceProperties(
        "AWS::AppMesh::VirtualGateway",
        Map.of(
            "VirtualGatewayName",
            "colorgateway-vg",
            "Spec",
            Map.of(
                "Listeners",
                List.of(Map.of("PortMapping", Map.of("Port", 9080, "Protocol", "http"))))));
    for (String type : List.of("VirtualNode", "VirtualService", "GatewayRoute")) {
      template.resourceCountIs("AWS::AppMesh::" + type, 6);
    }
    for (Color color : Color.values()) {
      String node = "colorteller-%s-vn".formatted(color.color());
      template.hasResourceProperties(
          "AWS::AppMesh::VirtualNode",
          Map.of(
              "VirtualNodeName",
              node,
              "Spec",
              Map.of(
                  "Listeners",
                  List.of(
                      Map.of(
                          "HealthCheck",
                              Match.objectLike(
                                  Map.of(
                                      "Path", "/ping",
                                      "Protocol", "http",
                                      "HealthyThreshold", 2,
                                      "UnhealthyThreshold", 2,
                                      "IntervalMillis", 5000,
                                      "TimeoutMillis", 2000)),
                          "PortMapping", Map.of("Port", 9080, "Protocol", "http"))),
                  "ServiceDiscovery",
                  variant == Variant.DNS
                      ? Map.of(
                          "DNS",
                          Map.of(
                              "Hostname",
                              "colorteller-%s.default.svc.cluster.local.dns"
                                  .formatted(color.color()),
                              "ResponseType",
                              "LOADBALANCER"))
                      : Map.of(
                          "AWSCloudMap",
                          Map.of(
                              "NamespaceName",
                              "default.svc.cluster.local.cloud",
                              "ServiceName",
                              "colorteller-" + color.color())))));
      template.hasResourceProperties(
          "AWS::AppMesh::VirtualService",
          Map.of(
              "VirtualServiceName",
              "colorteller-%d.default.svc.cluster.local".formatted(color.number())));
      // Without a rewrite of its own: App Mesh's default replaces the prefix with a slash.
      template.hasResourceProperties(
          "AWS::AppMesh::GatewayRoute",
          Map.of(
              "GatewayRouteName",
              "colorgateway-route-" + color.color(),
              "Spec",
              Map.of(
                  "HttpRoute",
                  Map.of(
                      "Match", Map.of("Prefix", "/" + color.color()),
                      "Action", Map.of("Target", Match.anyValue())))));
    }
  }

  @ParameterizedTest
  @EnumSource
  void services(Variant variant) {
    Template template = template("app-mesh-ipv6-%s-ecs-service".formatted(variant.word()));
    template.resourceCountIs("AWS::ECS::Service", 7);
    template.resourceCountIs("AWS::ECS::TaskDefinition", 7);
    Map<String, List<String>> records = new TreeMap<>();
    resources(template, "AWS::ServiceDiscovery::Service")
        .forEach(
            service -> {
              assertThat(service.at("/HealthCheckCustomConfig/FailureThreshold").asInt()).isOne();
              List<String> types = new ArrayList<>();
              for (JsonNode record : service.at("/DnsConfig/DnsRecords")) {
                assertThat(record.path("TTL").asInt()).isEqualTo(300);
                types.add(record.path("Type").asText());
              }
              records.put(service.path("Name").asText(), types);
            });
    assertThat(records)
        .isEqualTo(
            Map.of(
                "colorteller-red", List.of("A"),
                "colorteller-orange", List.of("A"),
                "colorteller-yellow", List.of("A"),
                "colorteller-green", List.of("A", "AAAA"),
                "colorteller-blue", List.of("A", "AAAA"),
                "colorteller-purple", List.of("A", "AAAA"),
                "colorgateway", List.of("A", "AAAA")));
    Map<String, String> families = new TreeMap<>();
    List<String> arns = new ArrayList<>();
    for (JsonNode task : resources(template, "AWS::ECS::TaskDefinition")) {
      for (JsonNode container : task.path("ContainerDefinitions")) {
        Map<String, String> environment = new TreeMap<>();
        container
            .path("Environment")
            .forEach(e -> environment.put(e.path("Name").asText(), e.path("Value").asText()));
        if (environment.containsKey("COLOR")) {
          assertThat(environment).containsEntry("PORT", "9080");
          families.put(environment.get("COLOR"), environment.get("IP_FAMILY"));
          assertThat(task.at("/ProxyConfiguration/Type").asText()).isEqualTo("APPMESH");
        } else {
          assertThat(container.path("User").asText()).isEqualTo("1337");
          arns.add(environment.get("APPMESH_RESOURCE_ARN"));
        }
      }
    }
    assertThat(families)
        .isEqualTo(
            Map.of(
                "red", "ipv4",
                "orange", "dual",
                "yellow", "ipv6",
                "green", "ipv4",
                "blue", "dual",
                "purple", "ipv6"));
    String mesh = "mesh/app-mesh-ipv6-%s-mesh/".formatted(variant.word());
    assertThat(new TreeSet<>(arns))
        .hasSize(7)
        .contains(mesh + "virtualGateway/colorgateway-vg")
        .contains(mesh + "virtualNode/colorteller-red-vn");
  }

  @Test
  void subnets() {
    Template template = template("app-mesh-ipv6-dns-ecs-service");
    Map<String, String> subnets = new TreeMap<>();
    for (JsonNode service : resources(template, "AWS::ECS::Service")) {
      JsonNode registry = service.at("/ServiceRegistries/0/RegistryArn/Fn::GetAtt/0");
      subnets.put(
          registry.asText().replaceAll("Service.*", ""),
          service
              .at("/NetworkConfiguration/AwsvpcConfiguration/Subnets/0/Fn::ImportValue")
              .asText());
    }
    assertThat(subnets)
        .isEqualTo(
            Map.of(
                "colortellerred", "app-mesh-ipv6:PrivateSubnet1",
                "colortellerorange", "app-mesh-ipv6:PrivateSubnet1",
                "colortelleryellow", "app-mesh-ipv6:PrivateSubnet1",
                "colortellergreen", "app-mesh-ipv6:PrivateSubnet2",
                "colortellerblue", "app-mesh-ipv6:PrivateSubnet2",
                "colortellerpurple", "app-mesh-ipv6:PrivateSubnet2",
                "colorgateway", "app-mesh-ipv6:PrivateSubnet2"));
  }

  @Test
  void loadBalancer() {
    Template template = template("app-mesh-ipv6-cloud-ecs-service");
    template.hasResourceProperties(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        Map.of("Scheme", "internet-facing", "IpAddressType", "dualstack", "Type", "application"));
    for (Map.Entry<String, String> group :
        Map.of(
                "app-mesh-ipv6-web-cloud", "ipv4",
                "app-mesh-ipv6-web-cloud-ipv6", "ipv6")
            .entrySet()) {
      template.hasResourceProperties(
          "AWS::ElasticLoadBalancingV2::TargetGroup",
          Map.of(
              "Name",
              group.getKey(),
              "IpAddressType",
              group.getValue(),
              "TargetType",
              "ip",
              "Port",
              9080));
    }
    for (int port : List.of(80, 81)) {
      template.hasResourceProperties(
          "AWS::ElasticLoadBalancingV2::Listener", Map.of("Port", port, "Protocol", "HTTP"));
    }
    template.hasOutput("ColorAppEndpoint", Map.of());
  }

  @Test
  void onePrivateSubnetHasNoIpv6() {
    Template template = template("app-mesh-ipv6-vpc");
    List<Boolean> dual = new ArrayList<>();
    for (JsonNode subnet : resources(template, "AWS::EC2::Subnet")) {
      assertThat(subnet.has("Ipv6CidrBlock"))
          .isEqualTo(subnet.path("AssignIpv6AddressOnCreation").asBoolean());
      dual.add(subnet.has("Ipv6CidrBlock"));
    }
    assertThat(dual).containsExactlyInAnyOrder(true, true, true, false);
    template.resourceCountIs("AWS::EC2::EgressOnlyInternetGateway", 1);
    template.resourceCountIs("AWS::EC2::NatGateway", 1);
  }

  @Test
  void cluster() {
    Template template = template("app-mesh-ipv6-ecs-cluster");
    template.hasResourceProperties("AWS::ECS::Cluster", Map.of("ClusterName", "app-mesh-ipv6"));
    for (String variant : List.of("dns", "cloud")) {
      template.hasResourceProperties(
          "AWS::ServiceDiscovery::PrivateDnsNamespace",
          Map.of("Name", "default.svc.cluster.local." + variant));
    }
    template.hasResourceProperties("AWS::Logs::LogGroup", Map.of("RetentionInDays", 30));
    template.hasOutput("BastionIP", Map.of());
    // Nothing can open a connection to the bastion.
    resources(template, "AWS::EC2::SecurityGroup")
        .forEach(group -> assertThat(group.has("SecurityGroupIngress")).isFalse());
  }

  private static Template template(String stack) {
    return Template.fromString(Synthesized.stage(Stage.NONE).get(stack).toString());
  }

  private static List<JsonNode> resources(Template template, String type) {
    List<JsonNode> result = new ArrayList<>();
    template
        .findResources(type)
        .values()
        .forEach(resource -> result.add(JSON.valueToTree(resource).path("Properties")));
    return result;
  }
}
