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
    Map<String, String> targets = new TreeMap<>();
    for (JsonNode listener : resources(template, "AWS::ElasticLoadBalancingV2::Listener")) {
      targets.put(
          listener.path("Protocol").asText() + listener.path("Port").asText(),
          targetGroup(template, listener.at("/DefaultActions/0/TargetGroupArn")));
    }
    assertThat(targets)
        .isEqualTo(
            Map.of("HTTP80", "app-mesh-ipv6-web-cloud", "HTTP81", "app-mesh-ipv6-web-cloud-ipv6"));
    // What ECS registers; the rest is the function's.
    assertThat(
            resources(template, "AWS::ECS::Service").stream()
                .flatMap(service -> service.path("LoadBalancers").valueStream()))
        .singleElement()
        .satisfies(
            balancer -> {
              assertThat(targetGroup(template, balancer.path("TargetGroupArn")))
                  .isEqualTo("app-mesh-ipv6-web-cloud");
              assertThat(balancer.path("ContainerName").asText()).isEqualTo("app");
              assertThat(balancer.path("ContainerPort").asInt()).isEqualTo(9080);
            });
    template.hasOutput("ColorAppEndpoint", Map.of());
  }

  /** The name of the target group that is referred to. */
  private static String targetGroup(Template template, JsonNode reference) {
    return JSON.valueToTree(template.findResources("AWS::ElasticLoadBalancingV2::TargetGroup"))
        .path(reference.path("Ref").asText())
        .at("/Properties/Name")
        .asText();
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

  @Test
  void networkOptions() {
    template("app-mesh-ipv6-vpc").resourceCountIs("AWS::EC2::FlowLog", 0);
    Template most = template(Synthesized.everyOption(), "app-mesh-ipv6-vpc");
    most.resourceCountIs("AWS::EC2::NatGateway", 2);
    most.hasResourceProperties("AWS::EC2::FlowLog", Map.of("TrafficType", "ALL"));
    most.hasResourceProperties("AWS::Logs::LogGroup", Map.of("RetentionInDays", 30));
  }

  @Test
  void routes() {
    Template template = template("app-mesh-ipv6-vpc");
    template.hasResourceProperties(
        "AWS::EC2::VPCCidrBlock", Map.of("AmazonProvidedIpv6CidrBlock", true));
    template.hasResourceProperties(
        "AWS::EC2::VPCEndpoint",
        Map.of(
            "VpcEndpointType",
            "Gateway",
            "ServiceName",
            Map.of(
                "Fn::Join",
                List.of("", List.of("com.amazonaws.", Map.of("Ref", "AWS::Region"), ".s3")))));
    Map<String, List<String>> ipv6 = new TreeMap<>();
    template
        .findResources(
            "AWS::EC2::Route", Map.of("Properties", Map.of("DestinationIpv6CidrBlock", "::/0")))
        .forEach(
            (id, route) -> {
              JsonNode properties = JSON.valueToTree(route).path("Properties");
              ipv6.computeIfAbsent(
                      properties.has("EgressOnlyInternetGatewayId") ? "egress only" : "internet",
                      target -> new ArrayList<>())
                  .add(id.replaceFirst("Subnet([12]).*", "Subnet$1"));
              if (properties.has("GatewayId")) {
                assertThat(JSON.valueToTree(route).path("DependsOn").toString())
                    .as("%s waits for the gateway's attachment", id)
                    .contains("\"VpcVPCGW");
              }
            });
    assertThat(ipv6)
        .isEqualTo(
            Map.of(
                "internet", List.of("VpcPublicSubnet1", "VpcPublicSubnet2"),
                "egress only", List.of("VpcPrivateSubnet2")));
  }

  @Test
  void bastion() {
    Template template = template("app-mesh-ipv6-ecs-cluster");
    JsonNode instance = resources(template, "AWS::EC2::Instance").get(0);
    assertThat(instance.path("InstanceType").asText()).isEqualTo("t4g.nano");
    assertThat(instance.at("/BlockDeviceMappings/0/Ebs/Encrypted").asBoolean()).isTrue();
    assertThat(instance.has("KeyName")).isFalse();
    assertThat(instance.at("/MetadataOptions/HttpTokens").asText()).isEqualTo("required");
    assertThat(template.findParameters("*").toString()).contains("al2023", "arm64");
    template.hasOutput(
        "BastionSession",
        Map.of(
            "Value",
            Map.of(
                "Fn::Join",
                List.of(
                    "",
                    List.of(
                        "aws ssm start-session --region ",
                        Map.of("Ref", "AWS::Region"),
                        " --target ",
                        Map.of("Ref", Match.stringLikeRegexp("BastionInstance.*")))))));
    assertThat(
            resources(
                    template(Synthesized.everyOption(), "app-mesh-ipv6-ecs-cluster"),
                    "AWS::EC2::Instance")
                .get(0)
                .path("KeyName")
                .asText())
        .isEqualTo("me");
  }

  @ParameterizedTest
  @EnumSource
  void tasks(Variant variant) {
    Template template = template("app-mesh-ipv6-%s-ecs-service".formatted(variant.word()));
    for (JsonNode task : resources(template, "AWS::ECS::TaskDefinition")) {
      assertThat(task.path("Cpu").asText() + "/" + task.path("Memory").asText())
          .isEqualTo("256/512");
      assertThat(task.at("/RuntimePlatform/CpuArchitecture").asText()).isEqualTo("ARM64");
      for (JsonNode container : task.path("ContainerDefinitions")) {
        boolean envoy = container.path("User").asText().equals("1337");
        assertThat(container.path("ReadonlyRootFilesystem").asBoolean()).isEqualTo(!envoy);
        assertThat(container.path("StopTimeout").asInt()).isEqualTo(envoy ? 30 : 20);
        assertThat(container.at("/HealthCheck/Command").toString())
            .contains(envoy ? "9901/server_info" : ":9080/ping");
        assertThat(container.path("Environment").toString())
            .as("the admin interface is for IPv6 as well")
            .matches(e -> !envoy || e.contains("ENVOY_ADMIN_ACCESS_ENABLE_IPV6"));
        assertThat(container.toString()).doesNotContain(":latest");
      }
    }
    for (JsonNode service : resources(template, "AWS::ECS::Service")) {
      assertThat(service.at("/DeploymentConfiguration/DeploymentCircuitBreaker").toString())
          .isEqualTo("{\"Enable\":true,\"Rollback\":true}");
    }
    template
        .findResources("AWS::ECS::Service")
        .forEach(
            (id, service) ->
                assertThat(JSON.valueToTree(service).path("DependsOn").toString())
                    .as("%s waits until its tasks may pull and log", id)
                    .contains(
                        id.replaceFirst("Service[0-9A-F]{8}$", "")
                            + "TaskExecutionRoleDefaultPolicy"));
    // An application is asked for its health where it listens.
    Map<String, String> asked = new TreeMap<>();
    for (JsonNode task : resources(template, "AWS::ECS::TaskDefinition")) {
      String family = task.path("Family").asText();
      task.path("ContainerDefinitions")
          .forEach(
              container -> {
                String url = container.at("/HealthCheck/Command/5").asText();
                if (!url.isEmpty()) {
                  asked.put(family.substring(family.lastIndexOf('-') + 1), url);
                }
              });
    }
    String ipv4 = "http://127.0.0.1:9080/ping";
    String ipv6 = "http://[::1]:9080/ping";
    assertThat(asked)
        .isEqualTo(
            Map.of(
                "red", ipv4, "orange", ipv4, "yellow", ipv6, "green", ipv4, "blue", ipv4, "purple",
                ipv6));
  }

  @Test
  void metrics() {
    Template template = template(Synthesized.everyOption(), "app-mesh-ipv6-dns-ecs-service");
    for (JsonNode task : resources(template, "AWS::ECS::TaskDefinition")) {
      assertThat(task.path("ContainerDefinitions").toString())
          .contains(
              "\"Name\":\"cw-agent\"",
              "{\"Name\":\"ENABLE_ENVOY_DOG_STATSD\",\"Value\":\"1\"}",
              "{\"Name\":\"STATSD_PORT\",\"Value\":\"8125\"}",
              "{\"ContainerPort\":8125,\"Protocol\":\"udp\"}",
              "\"StopTimeout\":10");
    }
  }

  @Test
  void loadBalancerOptions() {
    Template without = template("app-mesh-ipv6-dns-ecs-service");
    assertThat(resources(without, "AWS::ElasticLoadBalancingV2::LoadBalancer").toString())
        .contains(
            "{\"Key\":\"routing.http.drop_invalid_header_fields.enabled\",\"Value\":\"true\"}")
        .doesNotContain("access_logs");
    for (JsonNode group : resources(without, "AWS::ElasticLoadBalancingV2::TargetGroup")) {
      assertThat(group.at("/Matcher/HttpCode").asText()).isEqualTo("200,404");
      assertThat(group.path("TargetGroupAttributes").toString())
          .contains("{\"Key\":\"deregistration_delay.timeout_seconds\",\"Value\":\"10\"}");
    }
    assertThat(
            resources(
                    template(Synthesized.everyOption(), "app-mesh-ipv6-dns-ecs-service"),
                    "AWS::ElasticLoadBalancingV2::LoadBalancer")
                .toString())
        .contains(
            "{\"Key\":\"access_logs.s3.bucket\",\"Value\":\"my-logs\"}",
            "{\"Key\":\"access_logs.s3.prefix\",\"Value\":\"app-mesh-ipv6-dns-ecs-service\"}");
  }

  @Test
  void imagesOfOnesOwn() {
    Map<String, JsonNode> templates =
        Synthesized.context(
            Map.of(
                "envoyImage",
                "123456789012.dkr-ecr.eu-west-2.on.aws/envoy@sha256:" + "0a".repeat(32),
                "colortellerImage",
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/teller:7"));
    String services = templates.get("app-mesh-ipv6-dns-ecs-service").toString();
    assertThat(services)
        .contains(
            ":ecr:eu-west-2:123456789012:repository/envoy",
            "/envoy@sha256:0a0a",
            ":ecr:eu-west-1:123456789012:repository/team/teller",
            "/team/teller:7\"")
        .doesNotContain("container-assets");
    assertThat(
            Synthesized.context(
                    Map.of(
                        "envoyImage",
                        "public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.6.0-prod",
                        "colortellerImage",
                        "localhost:5000/teller:7"))
                .get("app-mesh-ipv6-dns-ecs-service")
                .toString())
        .contains(
            "\"public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.6.0-prod\"",
            "\"localhost:5000/teller:7\"")
        .doesNotContain("repository/");
  }

  private static Template template(String stack) {
    return template(Synthesized.stage(Stage.NONE), stack);
  }

  private static Template template(Map<String, JsonNode> templates, String stack) {
    return Template.fromString(templates.get(stack).toString());
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
