package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.constructs.EnvoyImage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code backend=envoy} makes different. */
class OwnEnvoysTest {

  private static final String CONTROL_PLANE = "app-mesh-ipv6-control-plane";
  private static final String PARAMETER =
      "arn:<Partition>:ssm:<Region>:<AccountId>:parameter/app-mesh-ipv6/";
  private static final String OWN_PULL = PermissionsTest.PULL + PermissionsTest.ASSETS;

  private static List<JsonNode> resources(Map<String, JsonNode> templates, String type) {
    return templates.values().stream()
        .flatMap(template -> template.path("Resources").valueStream())
        .filter(resource -> resource.path("Type").asText().equals(type))
        .toList();
  }

  private static JsonNode containers(Map<String, JsonNode> templates) {
    return resources(templates, "AWS::ECS::TaskDefinition").stream()
        .map(task -> task.at("/Properties/ContainerDefinitions"))
        .collect(
            new ObjectMapper()::createArrayNode,
            (all, some) -> some.forEach(all::add),
            (all, some) -> some.forEach(all::add));
  }

  @Test
  void nothingIsOfAppMesh() {
    Synthesized.ownEnvoys()
        .forEach(
            (stack, template) -> {
              assertThat(template.path("Resources").findValuesAsText("Type"))
                  .as(stack)
                  .noneMatch(type -> type.startsWith("AWS::AppMesh::"));
              assertThat(template.toString())
                  .as(stack)
                  .doesNotContain("\"appmesh:", "ProxyConfiguration");
            });
  }

  /** Tasks, certificates, the control plane: none of them is touched. */
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"V4_ONLY", "CUSTOM"})
  void aStageChangesWhatThePointersPointAtAndNothingElse(Stage stage) {
    Map<String, JsonNode> before = Synthesized.ownEnvoys();
    Map<String, JsonNode> after =
        Synthesized.context(Map.of(Settings.BACKEND, "envoy", Settings.STAGE, stage.word()));
    assertThat(after.keySet()).isEqualTo(before.keySet());
    Map<String, List<String>> changes = new TreeMap<>();
    before.forEach(
        (stack, template) -> {
          List<String> changed = new ArrayList<>();
          compare("", template, after.get(stack), changed);
          if (!changed.isEmpty()) {
            changes.put(stack, changed);
          }
        });
    assertThat(changes).containsOnlyKeys("app-mesh-ipv6-cloud-mesh", "app-mesh-ipv6-dns-mesh");
    assertThat(changes.values())
        .allSatisfy(
            changed ->
                assertThat(changed)
                    .singleElement()
                    .asString()
                    .matches(
                        ".*/DocumentParameter[0-9A-F]{8}/Properties/Value/Fn::Join/1/[0-9]+/Fn::Sub s3://.*/[0-9a-f]{64}\\.json"));
  }

  private static void compare(String path, JsonNode before, JsonNode after, List<String> changed) {
    if (before.isContainerNode() && before.size() == after.size()) {
      for (int i = 0; before.isArray() && i < before.size(); i++) {
        compare(path + "/" + i, before.path(i), after.path(i), changed);
      }
      before
          .properties()
          .forEach(
              e -> compare(path + "/" + e.getKey(), e.getValue(), after.path(e.getKey()), changed));
    } else if (!before.equals(after)) {
      changed.add(path + " " + (after instanceof TextNode ? after.asText() : after));
    }
  }

  @Test
  void theControlPlaneIsTwoOfTheSmallestTasksInBothZones() {
    JsonNode template = Synthesized.ownEnvoys().get(CONTROL_PLANE);
    Map<String, JsonNode> only = Map.of(CONTROL_PLANE, template);
    assertThat(resources(only, "AWS::ECS::TaskDefinition"))
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.at("/Properties/Cpu").asText()).isEqualTo("256");
              assertThat(task.at("/Properties/Memory").asText()).isEqualTo("512");
              assertThat(task.at("/Properties/RuntimePlatform/CpuArchitecture").asText())
                  .isEqualTo("ARM64");
            });
    assertThat(resources(only, "AWS::ECS::Service"))
        .singleElement()
        .satisfies(
            service -> {
              assertThat(service.at("/Properties/DesiredCount").asInt()).isEqualTo(2);
              assertThat(service.findValues("Subnets"))
                  .singleElement()
                  .satisfies(subnets -> assertThat(subnets).hasSize(2));
              assertThat(service.at("/Properties/DeploymentConfiguration").toString())
                  .isEqualTo(
                      "{\"DeploymentCircuitBreaker\":{\"Enable\":true,\"Rollback\":true},\"MaximumPercent\":200,\"MinimumHealthyPercent\":100}");
            });
    assertThat(
            resources(only, "AWS::CloudWatch::Alarm").stream()
                .map(alarm -> alarm.at("/Properties/MetricName").asText())
                .toList())
        .containsExactlyInAnyOrder(
            "CertificateLeft",
            "DocumentAge",
            "Errors",
            "FaultySources",
            "Invocations",
            "Refused",
            "RejectedResources");
    assertThat(environment(containers(only).path(0)))
        .containsEntry("CONTROL_PLANE_MESHES", "/app-mesh-ipv6/dns/mesh,/app-mesh-ipv6/cloud/mesh")
        .containsEntry("CONTROL_PLANE_IDENTITY", "ssm:/app-mesh-ipv6/certificates/control-plane");
  }

  private static Map<String, String> environment(JsonNode container) {
    return container
        .path("Environment")
        .valueStream()
        .collect(Collectors.toMap(e -> e.path("Name").asText(), e -> e.path("Value").asText()));
  }

  /** Whoever may read all parameters of the account cannot make certificates. */
  @Test
  void onlyTheFunctionUsesTheKeyOfTheAuthorities() {
    JsonNode statements =
        resources(Synthesized.ownEnvoys(), "AWS::KMS::Key")
            .get(0)
            .at("/Properties/KeyPolicy/Statement");
    assertThat(statements).hasSize(2);
    assertThat(statements.get(0).path("Action").valueStream().map(JsonNode::asText))
        .as("of whoever administers the account")
        .noneMatch(action -> action.matches("kms:(\\*|(De|En|ReEn)crypt.*|Generate.*|Create.*)"));
    assertThat(statements.get(1).at("/Principal/AWS/Fn::GetAtt/0").asText())
        .startsWith("CertificatesFunctionRole");
    assertThat(statements.get(1).path("Action").valueStream().map(JsonNode::asText))
        .containsExactly("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey");
    assertThat(statements.get(1).at("/Condition/StringEquals/kms:ViaService").toString())
        .contains("ssm.", "amazonaws.com");
  }

  @Test
  void everyEnvoyAsksTheOneControlPlaneWithACertificateOfItsOwn() {
    List<JsonNode> envoys =
        containers(Synthesized.ownEnvoys())
            .valueStream()
            .filter(container -> environment(container).containsKey("ENVOY_BOOTSTRAP"))
            .toList();
    assertThat(envoys).hasSize(14);
    assertThat(envoys)
        .allSatisfy(
            envoy -> {
              String proxy = environment(envoy).getOrDefault("APPMESH_RESOURCE_ARN", "");
              assertThat(environment(envoy).get("ENVOY_BOOTSTRAP"))
                  .contains(
                      "\"address\":\"control-plane.default.svc.cluster.local.mesh\"",
                      "\"id\":\"%s\"".formatted(proxy));
              assertThat(envoy.path("Secrets").toString())
                  .contains(
                      ":parameter/app-mesh-ipv6/certificates/%s\"".formatted(proxy),
                      ":parameter/app-mesh-ipv6/certificates/trust-bundle\"");
              assertThat(envoy.path("ReadonlyRootFilesystem").asBoolean()).isTrue();
              assertThat(envoy.path("StopTimeout").asInt()).isEqualTo(120);
            });
    JsonNode made = resources(Synthesized.ownEnvoys(), "Custom::MeshCertificates").get(0);
    assertThat(made.at("/Properties/Identities").findValuesAsText("Uri"))
        .hasSize(15)
        .contains("spiffe://app-mesh/control-plane")
        .containsAll(
            envoys.stream()
                .map(envoy -> "spiffe://app-mesh/" + environment(envoy).get("APPMESH_RESOURCE_ARN"))
                .toList());
  }

  /** However long that takes: who is told nothing never gets healthy. */
  @Test
  void anEnvoyWaitsForItsControlPlane() {
    List<String> bootstraps =
        containers(Synthesized.ownEnvoys())
            .valueStream()
            .flatMap(container -> Stream.ofNullable(environment(container).get("ENVOY_BOOTSTRAP")))
            .toList();
    assertThat(bootstraps)
        .hasSize(14)
        .allMatch(text -> text.split("\"initial_fetch_timeout\":\"0s\"", -1).length == 3);
  }

  @Test
  void noTemplateHasAKey() {
    assertThat(Synthesized.ownEnvoys().values())
        .noneMatch(template -> template.toString().contains("PRIVATE KEY"));
  }

  /** The release that the tests run; by its digest, nobody can put another one in its place. */
  @Test
  void theEnvoysImageIsBuiltFromTheOneThatIsTestedOrNamed() throws Exception {
    String services = "app-mesh-ipv6-dns-ecs-service";
    assertThat(Synthesized.buildArguments(Synthesized.OWN_ENVOYS, services))
        .extracting(arguments -> arguments.path("ENVOY").asText())
        .containsExactly(EnvoyImage.ENVOY);
    assertThat(Files.readString(Path.of("walkthrough")))
        .contains("\nenvoy_version=" + EnvoyImage.ENVOY.replace("envoyproxy/envoy:v", "") + "\n");
    String named = "registry.example/envoy:v1.40.1@sha256:" + "0a".repeat(32);
    assertThat(
            Synthesized.buildArguments(
                Map.of(Settings.BACKEND, "envoy", Settings.ENVOY_BASE_IMAGE, named), services))
        .extracting(arguments -> arguments.path("ENVOY").asText())
        .containsExactly(named);
  }

  @Test
  void recordsLiveTenSeconds() {
    assertThat(resources(Synthesized.ownEnvoys(), "AWS::ServiceDiscovery::Service"))
        .hasSize(15)
        .allSatisfy(service -> assertThat(service.findValuesAsText("TTL")).containsOnly("10"));
  }

  /** An Envoy ends before its application: ECS ends containers in the reverse of this order. */
  @Test
  void anEnvoyStartsAfterItsApplication() {
    assertThat(
            containers(Synthesized.ownEnvoys())
                .valueStream()
                .filter(container -> container.has("DependsOn"))
                .map(container -> container.path("Name").asText() + container.path("DependsOn"))
                .toList())
        .hasSize(12)
        .containsOnly("envoy[{\"Condition\":\"HEALTHY\",\"ContainerName\":\"app\"}]");
  }

  @Test
  void openings() {
    String services =
        SecurityGroupsTest.SERVICES
            + """
              SERVICES: Gateway tcp 18000 to app-mesh-ipv6:ControlPlaneSecurityGroup
              SERVICES: Nodes tcp 18000 to app-mesh-ipv6:ControlPlaneSecurityGroup
              SERVICES: app-mesh-ipv6:ControlPlaneSecurityGroup tcp 18000 from Gateway
              SERVICES: app-mesh-ipv6:ControlPlaneSecurityGroup tcp 18000 from Nodes
              """;
    assertThat(SecurityGroupsTest.openings(Synthesized.ownEnvoys()))
        .containsExactlyInAnyOrder(
            (SecurityGroupsTest.CLUSTER
                    + services.replace("SERVICES", "app-mesh-ipv6-dns-ecs-service")
                    + services.replace("SERVICES", "app-mesh-ipv6-cloud-ecs-service")
                    + """
                      app-mesh-ipv6-control-plane: SecurityGroup tcp 18001 from bastion
                      app-mesh-ipv6-control-plane: SecurityGroup tcp 443 to 0.0.0.0/0
                      app-mesh-ipv6-control-plane: SecurityGroup tcp 443 to ::/0
                      app-mesh-ipv6-control-plane: bastion tcp 18001 to SecurityGroup
                      """)
                .split("\n"));
  }

  @Test
  void permissionsOfTheControlPlane() {
    assertThat(PermissionsTest.permissions(CONTROL_PLANE, Synthesized.ownEnvoys()))
        .isEqualTo(
            Map.of(
                "ControlPlaneTaskTaskRole",
                Set.of(
                    "ssm:GetParameterHistory, ssm:GetParameters on %1$scloud/mesh and %1$sdns/mesh"
                        .formatted(PARAMETER),
                    "ssm:GetParameter on %1$scertificates/control-plane and %1$scertificates/trust-bundle"
                        .formatted(PARAMETER),
                    "s3:GetObject on arn:<Partition>:s3:::<cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}>/*",
                    "servicediscovery:DiscoverInstances on * if StringEquals servicediscovery:NamespaceName default.svc.cluster.local.cloud",
                    "servicediscovery:ListInstances, servicediscovery:ListNamespaces, servicediscovery:ListServices on *"),
                "ControlPlaneTaskExecutionRole",
                Set.of(OWN_PULL, PermissionsTest.TOKEN, PermissionsTest.LOGS),
                "CertificatesFunctionRole",
                Set.of(
                    "logs:CreateLogStream, logs:PutLogEvents on <CertificatesFunctionLogGroup>",
                    "ssm:GetParametersByPath on %1$scertificates and %1$scertificates/*"
                        .formatted(PARAMETER),
                    "ssm:DeleteParameters, ssm:PutParameter on %scertificates/*"
                        .formatted(PARAMETER),
                    "ecs:ListServices on * if ArnEquals ecs:cluster arn:<Partition>:ecs:<Region>:<AccountId>:cluster/<app-mesh-ipv6:ECSCluster>",
                    "ecs:DescribeServices, ecs:UpdateService on arn:<Partition>:ecs:<Region>:<AccountId>:service/<app-mesh-ipv6:ECSCluster>/*",
                    "ecs:DescribeTaskDefinition on *")));
  }

  @ParameterizedTest
  @EnumSource
  void permissionsOfTasks(Variant variant) {
    Map<String, Set<String>> permissions =
        PermissionsTest.permissions(
            "app-mesh-ipv6-%s-ecs-service".formatted(variant.word()), Synthesized.ownEnvoys());
    String mesh = "mesh/app-mesh-ipv6-%s-mesh/".formatted(variant.word());
    Map<String, Set<String>> expected = new TreeMap<>();
    for (Color color : Color.values()) {
      expected.put(
          "colorteller" + color.color() + "TaskExecutionRole",
          Set.of(
              OWN_PULL,
              PermissionsTest.TOKEN,
              PermissionsTest.LOGS,
              given(mesh + "virtualNode/" + color.virtualNodeName())));
    }
    expected.put(
        "colorgatewayTaskExecutionRole",
        Set.of(
            OWN_PULL,
            PermissionsTest.TOKEN,
            PermissionsTest.LOGS,
            given(mesh + "virtualGateway/colorgateway-vg")));
    expected.put("GatewayTargetsFunctionRole", PermissionsTest.gatewayTargets());
    expected.put(
        "VerifierFunctionRole", permissions.getOrDefault("VerifierFunctionRole", Set.of()));
    assertThat(permissions).isEqualTo(expected);
    assertThat(new TreeSet<>(permissions.get("VerifierFunctionRole")))
        .filteredOn(line -> Stream.of("ssm:", "s3:").anyMatch(line::startsWith))
        .containsExactlyInAnyOrder(
            "ssm:GetParameter on %s%s/mesh".formatted(PARAMETER, variant.word()),
            "s3:GetObject on arn:<Partition>:s3:::<cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}>/*");
  }

  private static String given(String identity) {
    return "ssm:DescribeParameters, ssm:GetParameter, ssm:GetParameterHistory, ssm:GetParameters on %1$scertificates/%2$s and %1$scertificates/trust-bundle"
        .formatted(PARAMETER, identity);
  }
}
