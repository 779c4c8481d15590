package colorteller.review.requests;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.IpFamily;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of the golden templates, each with one change: what {@code /red} gives in stage v4_only. */
class RequestPathTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME =
      "../../test/src/test/resources/templates/v4_only/app-mesh-ipv6-%s.template.json";

  @TempDir Path folder;

  @Test
  void withoutAChange() throws IOException {
    assertThat(outcome("dns", "", "", "/red", IpFamily.IPV4).word()).isEqualTo("red");
    assertThat(outcome("cloud", "", "", "/red", IpFamily.IPV6).word()).isEqualTo("red");
    assertThat(outcome("dns", "", "", "/nothing", IpFamily.IPV4).word())
        .isEqualTo(Outcome.NO_ROUTE);
    assertThat(outcome("dns", "", "", "/purple", IpFamily.IPV4).word()).isEqualTo("application");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "gone",
      value = {
        // The load balancer.
        "/LoadBalancerPublicListener8096E032C4 | gone | IPV4 | unreachable",
        "/LoadBalancerPublicListener8096E032C4 | gone | IPV6 | red",
        "/LoadBalancerPublicListener8096E032C4/Properties/Port | 8080 | IPV4 | unreachable",
        "/LoadBalancerPublicListener8096E032C4/Properties/Port | 81 | IPV6 | cannot be told",
        "/LoadBalancerPublicListener8096E032C4/Properties/Port | {\"Ref\": \"P\"} | IPV4 | cannot be told",
        "/LoadBalancerPublicListener8096E032C4/Properties/DefaultActions/0/Type | \"redirect\" | IPV4 | unreachable",
        "/LoadBalancerPublicListener8096E032C4/Properties/DefaultActions/0/TargetGroupArn/Ref | \"LoadBalancerIpv60EC77D47\" | IPV4 | unreachable",
        "/LoadBalancerPublicListener8096E032C4/Condition | \"Never\" | IPV6 | cannot be told",
        "/LoadBalancerPublic4D6ACB21/Properties/Scheme | \"internal\" | IPV4 | unreachable",
        "/LoadBalancerPublic4D6ACB21/Properties/IpAddressType | \"ipv4\" | IPV6 | unreachable",
        "/LoadBalancerPublic4D6ACB21/Properties/IpAddressType | \"ipv4\" | IPV4 | red",
        // The gateway.
        "/colorgatewayServiceB0CAFE5E | gone | IPV4 | unreachable",
        "/colorgatewayServiceB0CAFE5E | gone | IPV6 | unreachable",
        "/colorgatewayServiceB0CAFE5E/Properties/DesiredCount | 0 | IPV6 | unreachable",
        "/colorgatewayServiceB0CAFE5E/Properties/LoadBalancers | gone | IPV4 | unreachable",
        "/colorgatewayServiceB0CAFE5E/Properties/LoadBalancers/0/ContainerPort | 8080 | IPV4 | unreachable",
        "/GatewayTargetsFunction4B0C667B/Properties/Environment/Variables/PORT | \"8080\" | IPV6 | unreachable",
        "/GatewayTargetsFunction4B0C667B | gone | IPV6 | unreachable",
        "/colorgatewayTaskFF79EC3D/Properties/ContainerDefinitions/0/Environment/0/Value | \"mesh/x/virtualGateway/y\" | IPV4 | unreachable",
        "/colorgatewayTaskFF79EC3D/Properties/ContainerDefinitions/0/Environment | gone | IPV4 | unreachable",
        // Discovery.
        "/colortellerredServiceBA79D8EA | gone | IPV4 | discovery",
        "/colortellerredServiceBA79D8EA/Properties/DesiredCount | 0 | IPV4 | discovery",
        "/colortellerredServiceBA79D8EA/Properties/DesiredCount | gone | IPV4 | red",
        "/colortellerredServiceBA79D8EA/Properties/ServiceRegistries | gone | IPV4 | discovery",
        "/colortellerredServiceCloudmapService7D374441 | gone | IPV4 | discovery",
        "/colortellerredServiceCloudmapService7D374441/Properties/NamespaceId/Fn::ImportValue | \"app-mesh-ipv6:CloudNamespace\" | IPV4 | discovery",
        "/colortellerredServiceCloudmapService7D374441/Properties/NamespaceId/Fn::ImportValue | \"of-nobody\" | IPV4 | cannot be told",
        "/colortellerredServiceBA79D8EA/Properties/TaskDefinition/Ref | \"colortellerblueTask66855309\" | IPV4 | blue",
        // The task of the node.
        "/colortellerredTask56AE21B4/Properties/ContainerDefinitions/0/Environment/0/Value | \"mesh/x/virtualNode/y\" | IPV4 | unreachable",
        "/colortellerredTask56AE21B4/Properties/ContainerDefinitions/0/Environment/0/Value | \"arn:aws:appmesh:r:a:mesh/app-mesh-ipv6-dns-mesh/virtualNode/colorteller-red-vn\" | IPV4 | red",
        "/colortellerredTask56AE21B4/Properties/ContainerDefinitions/0/Environment | gone | IPV4 | cannot be told",
        "/colortellerredTask56AE21B4/Properties/ContainerDefinitions/1/Environment/2/Value | \"9999\" | IPV4 | application",
        "/colortellerredTask56AE21B4/Properties/ProxyConfiguration | gone | IPV4 | cannot be told",
        "/colortellerredTask56AE21B4/Properties/ProxyConfiguration/ProxyConfigurationProperties/0/Value | \"1\" | IPV4 | cannot be told",
        "/colortellerredTask56AE21B4/Properties/ProxyConfiguration/ProxyConfigurationProperties/0/Value | \"1,9080\" | IPV4 | red",
        "/colortellerredTask56AE21B4/Properties/ProxyConfiguration/ProxyConfigurationProperties/2/Value | \"15002\" | IPV4 | unreachable",
        // Security groups.
        "/SecurityGroupsLoadBalancerC69D330C/Properties/SecurityGroupIngress | gone | IPV4 | unreachable",
        "/SecurityGroupsLoadBalancerC69D330C/Properties/SecurityGroupIngress/0 | gone | IPV4 | unreachable",
        "/SecurityGroupsLoadBalancerC69D330C/Properties/SecurityGroupIngress/0/IpProtocol | \"udp\" | IPV4 | unreachable",
        "/SecurityGroupsLoadBalancerC69D330C/Properties/SecurityGroupIngress/0/IpProtocol | \"-1\" | IPV4 | red",
        "/SecurityGroupsLoadBalancerC69D330C/Properties/SecurityGroupIngress/0/CidrIp | \"10.0.0.0/8\" | IPV4 | cannot be told",
        "/SecurityGroupsLoadBalancerC69D330C/Properties/SecurityGroupIngress | {\"Fn::If\": []} | IPV4 | cannot be told",
        // Without any rule, EC2 lets everything out.
        "/SecurityGroupsLoadBalancerToGateway | gone | IPV4 | red",
        "/SecurityGroupsLoadBalancerToGateway/Properties/ToPort | 9079 | IPV4 | unreachable",
        "/SecurityGroupsGatewayFromLoadBalancer | gone | IPV4 | unreachable",
        "/SecurityGroupsGatewayToNodes | gone | IPV4 | unreachable",
        "/SecurityGroupsNodesFromGateway | gone | IPV4 | unreachable",
        "/SecurityGroupsNodesFromGateway/Properties/FromPort | 9081 | IPV4 | unreachable",
        "/SecurityGroupsNodesFromGateway/Properties/FromPort | 9000 | IPV4 | red",
      })
  void withAChangeOfTheServices(String pointer, String value, IpFamily via, String word)
      throws IOException {
    Outcome outcome = outcome("dns", pointer, value == null ? "" : value, "/red", via);
    assertThat(outcome.word()).as(outcome.why()).isEqualTo(word);
  }

  private Outcome outcome(String variant, String pointer, String value, String path, IpFamily via)
      throws IOException {
    JsonNode template = JSON.readTree(Path.of(NAME.formatted(variant + "-ecs-service")).toFile());
    if (!pointer.isEmpty()) {
      change(template.path("Resources"), JsonPointer.compile(pointer), value);
    }
    Path services = folder.resolve("services.json");
    Files.writeString(services, template.toString());
    return new RequestPath(
            MeshReader.read(Template.read(Path.of(NAME.formatted(variant + "-mesh")), Map.of())),
            Template.read(services, Map.of()),
            new TemplateResources(template),
            new TemplateResources(JSON.readTree(Path.of(NAME.formatted("ecs-cluster")).toFile())))
        .of(path, via);
  }

  private static void change(JsonNode resources, JsonPointer pointer, String value)
      throws IOException {
    JsonNode parent = resources.at(pointer.head());
    String name = pointer.last().getMatchingProperty();
    if (parent instanceof ArrayNode list) {
      list.remove(Integer.parseInt(name));
    } else if (value.isEmpty()) {
      assertThat(((ObjectNode) parent).remove(name)).as(pointer.toString()).isNotNull();
    } else {
      ((ObjectNode) parent).set(name, JSON.readTree(value));
    }
  }
}
