package colorteller.infra;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every permission of every role, as a whole set: anything new fails. */
class PermissionsTest {

  /** Actions for which AWS knows no resource, and what takes its place. */
  private static final Map<String, String> NO_RESOURCE_LEVEL =
      Map.of(
          "ecr:GetAuthorizationToken", "gives a token for the account's whole registry",
          "cloudwatch:PutMetricData", "a metric is no resource; a condition names the namespace",
          "ssmmessages:CreateControlChannel", "the channels of Session Manager have no ARN",
          "ssmmessages:CreateDataChannel", "as above",
          "ssmmessages:OpenControlChannel", "as above",
          "ssmmessages:OpenDataChannel", "as above",
          "ecs:ListTasks", "a list is of no task; a condition names the cluster",
          "ecs:DescribeTaskDefinition", "knows no resource; definitions hold no secrets",
          "elasticloadbalancing:DescribeTargetHealth", "knows no resource",
          "servicediscovery:DiscoverInstances", "a condition names the namespace");

  private static final String PULL =
      "ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer on ";
  private static final String ENVOY =
      "arn:<Partition>:ecr:<Region>:<Map>:repository/aws-appmesh-envoy";
  private static final String ASSETS =
      "arn:<Partition>:ecr:<Region>:<AccountId>:repository/<cdk-hnb659fds-container-assets-${AWS::AccountId}-${AWS::Region}>";
  private static final String STREAM = "appmesh:StreamAggregatedResources on ";
  private static final String TOKEN = "ecr:GetAuthorizationToken on *";
  private static final String LOGS =
      "logs:CreateLogStream, logs:PutLogEvents on "
          + "arn:<Partition>:logs:<Region>:<AccountId>:log-group:<app-mesh-ipv6:ECSServiceLogGroup>:*";

  @Test
  void bastion() {
    assertThat(permissions("app-mesh-ipv6-ecs-cluster", Synthesized.stage(Stage.V4_ONLY)))
        .isEqualTo(
            Map.of(
                "BastionInstanceInstanceRole",
                Set.of(
                    "ssm:UpdateInstanceInformation on arn:<Partition>:ec2:<Region>:<AccountId>:instance/*",
                    "ssmmessages:CreateControlChannel, ssmmessages:CreateDataChannel, ssmmessages:OpenControlChannel, ssmmessages:OpenDataChannel on *")));
  }

  @ParameterizedTest
  @EnumSource
  void tasks(Variant variant) {
    String mesh =
        "arn:<Partition>:appmesh:<Region>:<AccountId>:mesh/app-mesh-ipv6-%s-mesh/"
            .formatted(variant.word());
    Map<String, Set<String>> expected = new TreeMap<>();
    for (Color color : Color.values()) {
      String role = "colorteller" + color.color() + "Task";
      expected.put(
          role + "TaskRole",
          Set.of(STREAM + mesh + "virtualNode/colorteller-%s-vn".formatted(color.color())));
      expected.put(role + "ExecutionRole", Set.of(PULL + ENVOY + " and " + ASSETS, TOKEN, LOGS));
    }
    expected.put(
        "colorgatewayTaskTaskRole", Set.of(STREAM + mesh + "virtualGateway/colorgateway-vg"));
    expected.put("colorgatewayTaskExecutionRole", Set.of(PULL + ENVOY, TOKEN, LOGS));
    expected.put("GatewayTargetsFunctionRole", gatewayTargets());
    expected.put("VerifierFunctionRole", verifier(variant, mesh));
    assertThat(
            permissions(
                "app-mesh-ipv6-%s-ecs-service".formatted(variant.word()),
                Synthesized.stage(Stage.V4_ONLY)))
        .isEqualTo(expected);
  }

  private static final String TASKS =
      "arn:<Partition>:ecs:<Region>:<AccountId>:task/<app-mesh-ipv6:ECSCluster>/*";

  private static Set<String> gatewayTargets() {
    return Set.of(
        "logs:CreateLogStream, logs:PutLogEvents on <GatewayTargetsFunctionLogGroup>",
        "sqs:SendMessage on <GatewayTargetsDeadLetters>",
        "ecs:DescribeTasks on " + TASKS,
        "ecs:ListTasks on * if ArnEquals ecs:cluster"
            + " arn:<Partition>:ecs:<Region>:<AccountId>:cluster/<app-mesh-ipv6:ECSCluster>",
        "elasticloadbalancing:DescribeTargetHealth on *",
        "elasticloadbalancing:DeregisterTargets, elasticloadbalancing:RegisterTargets"
            + " on <LoadBalancerIpv6>");
  }

  private static String each(Function<Color, String> name) {
    // CDK sorts resources.
    return String.join(" and ", Stream.of(Color.values()).map(name).sorted().toList());
  }

  private static Set<String> verifier(Variant variant, String mesh) {
    String gateway = mesh + "virtualGateway/colorgateway-vg";
    return Stream.of(
            "logs:CreateLogStream, logs:PutLogEvents on <VerifierFunctionLogGroup>",
            "appmesh:DescribeMesh, appmesh:ListVirtualGateways, appmesh:ListVirtualNodes, appmesh:ListVirtualServices on "
                + mesh.substring(0, mesh.length() - 1),
            "appmesh:DescribeVirtualGateway, appmesh:ListGatewayRoutes on " + gateway,
            "appmesh:DescribeGatewayRoute on "
                + each(color -> gateway + "/gatewayRoute/colorgateway-route-" + color.color()),
            "appmesh:DescribeVirtualNode on "
                + each(color -> mesh + "virtualNode/colorteller-%s-vn".formatted(color.color())),
            "appmesh:DescribeVirtualService on "
                + each(
                    color ->
                        mesh
                            + "virtualService/colorteller-%d.default.svc.cluster.local"
                                .formatted(color.number())),
            "servicediscovery:DiscoverInstances on * if StringEquals servicediscovery:NamespaceName default.svc.cluster.local."
                + variant.word()
                + " if StringEquals servicediscovery:ServiceName "
                + "colorteller-red and colorteller-orange and colorteller-yellow and colorteller-green and colorteller-blue and colorteller-purple",
            "ecs:DescribeTasks on " + TASKS,
            "ecs:DescribeTaskDefinition on *")
        .collect(toSet());
  }

  @Test
  void wildcardsOnlyWhereAwsHasNoResource() {
    Set<String> wild = new TreeSet<>();
    for (Map<String, JsonNode> templates :
        List.of(Synthesized.stage(Stage.V4_ONLY), Synthesized.everyOption())) {
      templates
          .values()
          .forEach(
              template ->
                  template.findValues("Statement").stream()
                      .flatMap(PermissionsTest::each)
                      .filter(statement -> statement.path("Resource").asText().equals("*"))
                      .flatMap(statement -> each(statement.path("Action")))
                      .forEach(action -> wild.add(action.asText())));
    }
    assertThat(wild).isEqualTo(new TreeSet<>(NO_RESOURCE_LEVEL.keySet()));
  }

  @Test
  void noManagedPolicies() {
    Synthesized.everyOption()
        .forEach(
            (stack, template) ->
                assertThat(template.findValues("ManagedPolicyArns")).as(stack).isEmpty());
  }

  private static Map<String, Set<String>> permissions(
      String stack, Map<String, JsonNode> templates) {
    Map<String, Set<String>> permissions = new TreeMap<>();
    for (JsonNode resource : templates.get(stack).path("Resources")) {
      if (!resource.path("Type").asText().equals("AWS::IAM::Policy")) {
        continue;
      }
      JsonNode properties = resource.path("Properties");
      String role = logicalId(properties.at("/Roles/0/Ref").asText());
      each(properties.at("/PolicyDocument/Statement"))
          .forEach(
              statement ->
                  permissions
                      .computeIfAbsent(role, r -> new TreeSet<>())
                      .add(
                          texts(statement.path("Action"), ", ")
                              + " on "
                              + texts(statement.path("Resource"), " and ")
                              + condition(statement.path("Condition"))));
    }
    return permissions;
  }

  private static String condition(JsonNode conditions) {
    StringBuilder text = new StringBuilder();
    conditions
        .properties()
        .forEach(
            operator ->
                operator
                    .getValue()
                    .properties()
                    .forEach(
                        key ->
                            text.append(
                                " if %s %s %s"
                                    .formatted(
                                        operator.getKey(),
                                        key.getKey(),
                                        texts(key.getValue(), " and ")))));
    return text.toString();
  }

  private static String texts(JsonNode node, String separator) {
    return String.join(separator, each(node).map(PermissionsTest::text).toList());
  }

  private static Stream<JsonNode> each(JsonNode node) {
    List<JsonNode> all = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(all::add);
    } else {
      all.add(node);
    }
    return all.stream();
  }

  /** An ARN as a line. */
  private static String text(JsonNode value) {
    if (value.isTextual()) {
      return value.asText();
    }
    if (value.has("Fn::Join")) {
      return texts(value.at("/Fn::Join/1"), "");
    }
    if (value.has("Fn::FindInMap")) {
      return "<Map>";
    }
    if (value.has("Fn::GetAtt")) {
      return "<%s>".formatted(logicalId(value.at("/Fn::GetAtt/0").asText()));
    }
    return "<%s>".formatted(logicalId(value.elements().next().asText().replaceFirst("^AWS::", "")));
  }

  /** Without CDK's hash. */
  private static String logicalId(String id) {
    return id.replaceFirst("[0-9A-F]{8}$", "");
  }
}
