package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What deploy and destroy need, as far as templates can show it. */
class DeploymentTest {

  private static final Map<String, Object> APPMESH = Map.of(Settings.STAGE, Stage.V4_ONLY.word());
  private static final List<Map<String, Object>> APPS =
      List.of(
          APPMESH,
          Synthesized.EVERY_OPTION,
          Synthesized.PIPELINE,
          Synthesized.OWN_ENVOYS,
          Synthesized.EVERY_OPTION_OF_OWN_ENVOYS);

  private static final Map<String, String> NAMED =
      Map.of(
          "AWS::AppMesh::Mesh", "MeshName",
          "AWS::Logs::LogGroup", "LogGroupName",
          "AWS::ECS::Cluster", "ClusterName",
          "AWS::ECS::TaskDefinition", "Family",
          "AWS::ElasticLoadBalancingV2::TargetGroup", "Name",
          "AWS::Lambda::Function", "FunctionName");

  /** The longest that AWS takes, of the names that begin with the project's. */
  private static final Map<String, Integer> LONGEST =
      Map.of(
          "AWS::AppMesh::Mesh", 255,
          "AWS::Logs::LogGroup", 512,
          "AWS::ECS::Cluster", 255,
          "AWS::ECS::TaskDefinition", 255,
          "AWS::ElasticLoadBalancingV2::TargetGroup", 32,
          "AWS::Lambda::Function", 64);

  @Test
  void everyImportIsExportedByAStackThatIsDeployedBefore() {
    for (Map<String, Object> app : APPS) {
      Map<String, JsonNode> templates = Synthesized.context(app);
      Map<String, String> exporters = new TreeMap<>();
      templates.forEach(
          (stack, template) ->
              template
                  .path("Outputs")
                  .forEach(output -> exporters.put(output.at("/Export/Name").asText(), stack)));
      templates.forEach(
          (stack, template) ->
              template
                  .findValuesAsText("Fn::ImportValue")
                  .forEach(
                      name -> {
                        assertThat(exporters).as("import of " + stack).containsKey(name);
                        assertThat(Synthesized.dependencies(app, stack))
                            .contains(exporters.get(name));
                      }));
    }
  }

  @Test
  void aVariantNeedsNothingOfTheOther() {
    assertThat(Synthesized.dependencies(APPMESH, "app-mesh-ipv6-dns-ecs-service"))
        .containsExactlyInAnyOrder(
            "app-mesh-ipv6-vpc", "app-mesh-ipv6-ecs-cluster", "app-mesh-ipv6-dns-mesh");
    assertThat(Synthesized.dependencies(APPMESH, "app-mesh-ipv6-cloud-ecs-service"))
        .containsExactlyInAnyOrder(
            "app-mesh-ipv6-vpc", "app-mesh-ipv6-ecs-cluster", "app-mesh-ipv6-cloud-mesh");
    assertThat(Synthesized.dependencies(APPMESH, "app-mesh-ipv6-dns-mesh")).isEmpty();
    assertThat(Synthesized.dependencies(APPMESH, "app-mesh-ipv6-cloud-mesh")).isEmpty();
  }

  /** Names that an account or a VPC knows once, so that two variants would collide. */
  @Test
  void noNameTwice() {
    Set<String> names = new TreeSet<>();
    Synthesized.stage(Stage.V4_ONLY)
        .forEach(
            (stack, template) ->
                template
                    .path("Resources")
                    .forEach(
                        resource -> {
                          String type = resource.path("Type").asText();
                          JsonNode properties = resource.path("Properties");
                          String property = NAMED.getOrDefault(type, "");
                          if (properties.has(property)) {
                            assertThat(names.add(property + properties.path(property)))
                                .as("%s of %s in %s", property, type, stack)
                                .isTrue();
                          }
                        }));
    assertThat(names).hasSize(2 + 1 + 1 + 14 + 4 + 4);
  }

  @ParameterizedTest
  @EnumSource
  void namesOfTheLongestProjectFit(Backend backend) {
    Synthesized.context(
            Map.of(Settings.PROJECT_NAME, "p".repeat(17), Settings.BACKEND, backend.word()))
        .forEach(
            (stack, template) -> {
              assertThat(stack).hasSizeLessThanOrEqualTo(128);
              template
                  .path("Resources")
                  .forEach(
                      resource -> {
                        String type = resource.path("Type").asText();
                        String name =
                            resource.path("Properties").path(NAMED.getOrDefault(type, "")).asText();
                        assertThat(name.length())
                            .as("%s %s", type, name)
                            .isLessThanOrEqualTo(LONGEST.getOrDefault(type, 0));
                      });
            });
  }

  @Test
  void parametersHaveDefaults() {
    for (Map<String, Object> app : APPS) {
      Map<String, JsonNode> templates = Synthesized.context(app);
      templates.forEach(
          (stack, template) ->
              template
                  .path("Parameters")
                  .properties()
                  .forEach(
                      parameter ->
                          assertThat(parameter.getValue().has("Default"))
                              .as("%s of %s", parameter.getKey(), stack)
                              .isTrue()));
    }
  }

  /** What a template does not delete, and what AWS would make by itself and keep. */
  @Test
  void destroyLeavesNothing() {
    for (Map<String, Object> app : APPS) {
      Map<String, JsonNode> templates = Synthesized.context(app);
      templates.forEach(
          (stack, template) -> {
            assertThat(template.findValuesAsText("DeletionPolicy")).as(stack).isSubsetOf("Delete");
            assertThat(template.findValuesAsText("UpdateReplacePolicy"))
                .as(stack)
                .isSubsetOf("Delete");
            Set<String> types =
                template
                    .path("Resources")
                    .valueStream()
                    .map(resource -> resource.path("Type").asText())
                    .collect(Collectors.toSet());
            // A bucket's objects, an image, what a custom resource makes: these would stay.
            assertThat(types)
                .as(stack)
                .noneMatch(
                    type ->
                        // Its function removes what it made: MeshCertificatesTest.
                        (type.startsWith("Custom::") && !type.equals("Custom::MeshCertificates"))
                            // Those of the pipeline must be emptied first: docs/pipeline.md says
                            // how.
                            || (type.equals("AWS::S3::Bucket") && !stack.endsWith("-pipeline"))
                            || Set.of("AWS::CloudFormation::CustomResource", "AWS::ECR::Repository")
                                .contains(type));
            assertThat(template.findValues("ClusterSettings"))
                .as("Container Insights would make a log group")
                .isEmpty();
            template
                .path("Resources")
                .forEach(
                    resource -> {
                      if (resource.path("Type").asText().equals("AWS::Logs::LogGroup")) {
                        assertThat(resource.path("DeletionPolicy").asText()).isEqualTo("Delete");
                        assertThat(resource.at("/Properties/RetentionInDays").asInt())
                            .isEqualTo(30);
                      }
                      if (resource.path("Type").asText().equals("AWS::KMS::Key")) {
                        assertThat(stack).isEqualTo("app-mesh-ipv6-control-plane");
                        assertThat(resource.at("/Properties/PendingWindowInDays").asInt())
                            .as("it stays for so long, without cost")
                            .isEqualTo(7);
                      }
                      if (resource.path("Type").asText().equals("AWS::Lambda::Function")) {
                        assertThat(resource.at("/Properties/LoggingConfig/LogGroup/Ref").asText())
                            .as("without one, Lambda would make a log group")
                            .isNotEmpty();
                      }
                      if (resource.path("Type").asText().equals("AWS::EC2::Instance")) {
                        assertThat(resource.at("/Properties/BlockDeviceMappings").toString())
                            .doesNotContain("\"DeleteOnTermination\":false");
                      }
                    });
            // Names are given by us, so that nothing is logged elsewhere.
            assertThat(template.findValues("awslogs-create-group")).as(stack).isEmpty();
          });
    }
  }
}
