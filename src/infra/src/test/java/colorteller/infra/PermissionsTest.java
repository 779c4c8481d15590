package colorteller.infra;

import static java.util.stream.Collectors.joining;
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

  /** Actions without a resource: AWS knows none, and what takes its place; or CDK gives none. */
  private static final Map<String, String> WITHOUT_RESOURCE =
      Map.ofEntries(
          Map.entry("ecr:GetAuthorizationToken", "gives a token for the account's whole registry"),
          Map.entry(
              "cloudwatch:PutMetricData",
              "a metric is no resource; a condition names the namespace"),
          Map.entry(
              "ssmmessages:CreateControlChannel", "the channels of Session Manager have no ARN"),
          Map.entry("ssmmessages:CreateDataChannel", "as above"),
          Map.entry("ssmmessages:OpenControlChannel", "as above"),
          Map.entry("ssmmessages:OpenDataChannel", "as above"),
          Map.entry("ecs:ListTasks", "a list is of no task; a condition names the cluster"),
          Map.entry("ecs:DescribeTaskDefinition", "knows no resource; definitions hold no secrets"),
          Map.entry("elasticloadbalancing:DescribeTargetHealth", "knows no resource"),
          Map.entry("servicediscovery:DiscoverInstances", "a condition names the namespace"),
          Map.entry(
              "servicediscovery:ListInstances",
              "the services get their ids later; names addresses"),
          Map.entry(
              "s3:GetObject", "documents get their names later; of the CDK's bucket of assets"),
          Map.entry("servicediscovery:ListNamespaces", "knows no resource"),
          Map.entry("servicediscovery:ListServices", "knows no resource"),
          Map.entry("ecs:ListServices", "a list is of no service; a condition names the cluster"),
          Map.entry(
              "cloudformation:DescribeStacks",
              "CDK's, to update the pipeline: reads where its bootstrap is"),
          Map.entry(
              "s3:ListBucket", "CDK's, to update the pipeline: finds what is published already"),
          Map.entry("codebuild:BatchGetBuilds", "CDK's, to publish assets"),
          Map.entry("codebuild:StartBuild", "CDK's, to publish assets; a Deny takes it back"),
          Map.entry("codebuild:StopBuild", "as above"),
          Map.entry(
              "sts:AssumeRole",
              "CDK's, to update the pipeline: the roles of its bootstrap, known by their tag"));

  static final String PULL =
      "ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer on ";
  private static final String ENVOY =
      "arn:<Partition>:ecr:<Region>:<Map>:repository/aws-appmesh-envoy";
  static final String ASSETS =
      "arn:<Partition>:ecr:<Region>:<AccountId>:repository/<cdk-hnb659fds-container-assets-${AWS::AccountId}-${AWS::Region}>";
  private static final String METRICS =
      "cloudwatch:PutMetricData on * if StringEquals cloudwatch:namespace app-mesh-ipv6";
  private static final String STREAM = "appmesh:StreamAggregatedResources on ";
  static final String TOKEN = "ecr:GetAuthorizationToken on *";
  static final String LOGS =
      "logs:CreateLogStream, logs:PutLogEvents on "
          + "arn:<Partition>:logs:<Region>:<AccountId>:log-group:<app-mesh-ipv6:ECSServiceLogGroup>:*";

  private static final List<Map<String, JsonNode>> APPS =
      List.of(
          Synthesized.stage(Stage.V4_ONLY),
          Synthesized.everyOption(),
          Synthesized.context(Synthesized.PIPELINE));

  @Test
  void bastion() {
    for (Map<String, JsonNode> templates : APPS) {
      assertThat(permissions("app-mesh-ipv6-ecs-cluster", templates))
          .isEqualTo(
              Map.of(
                  "BastionInstanceInstanceRole",
                  Set.of(
                      "ssm:UpdateInstanceInformation on arn:<Partition>:ec2:<Region>:<AccountId>:instance/*",
                      "ssmmessages:CreateControlChannel, ssmmessages:CreateDataChannel, ssmmessages:OpenControlChannel, ssmmessages:OpenDataChannel on *")));
    }
  }

  @Test
  void flowLog() {
    assertThat(permissions("app-mesh-ipv6-vpc", Synthesized.stage(Stage.V4_ONLY))).isEmpty();
    assertThat(permissions("app-mesh-ipv6-vpc", Synthesized.everyOption()))
        .isEqualTo(
            Map.of(
                "VpcFlowLogIAMRole",
                Set.of(
                    "logs:CreateLogStream, logs:DescribeLogStreams, logs:PutLogEvents on <FlowLogGroup>")));
  }

  @ParameterizedTest
  @EnumSource
  void tasks(Variant variant) {
    assertThat(
            permissions(
                "app-mesh-ipv6-%s-ecs-service".formatted(variant.word()),
                Synthesized.stage(Stage.V4_ONLY)))
        .isEqualTo(services(variant, Set.of()));
  }

  @ParameterizedTest
  @EnumSource
  void tasksWithTheAgent(Variant variant) {
    String stack = "app-mesh-ipv6-%s-ecs-service".formatted(variant.word());
    assertThat(permissions(stack, Synthesized.everyOption()))
        .isEqualTo(services(variant, Set.of(METRICS)));
    // The agent writes to the namespace that its permission names.
    List<String> agents =
        Synthesized.everyOption().get(stack).findValues("Environment").stream()
            .flatMap(JsonNode::valueStream)
            .filter(variable -> variable.path("Name").asText().equals("CW_CONFIG_CONTENT"))
            .map(variable -> variable.path("Value").asText())
            .toList();
    assertThat(agents)
        .hasSize(7)
        .allMatch(configuration -> configuration.contains("\"namespace\":\"app-mesh-ipv6\""));
  }

  private static Map<String, Set<String>> services(Variant variant, Set<String> ofTheAgent) {
    String mesh =
        "arn:<Partition>:appmesh:<Region>:<AccountId>:mesh/app-mesh-ipv6-%s-mesh/"
            .formatted(variant.word());
    Map<String, Set<String>> expected = new TreeMap<>();
    for (Color color : Color.values()) {
      String role = "colorteller" + color.color() + "Task";
      expected.put(
          role + "TaskRole",
          with(
              ofTheAgent,
              STREAM + mesh + "virtualNode/colorteller-%s-vn".formatted(color.color())));
      expected.put(role + "ExecutionRole", Set.of(PULL + ENVOY + " and " + ASSETS, TOKEN, LOGS));
    }
    expected.put(
        "colorgatewayTaskTaskRole",
        with(ofTheAgent, STREAM + mesh + "virtualGateway/colorgateway-vg"));
    expected.put("colorgatewayTaskExecutionRole", Set.of(PULL + ENVOY, TOKEN, LOGS));
    expected.put("GatewayTargetsFunctionRole", gatewayTargets());
    expected.put("VerifierFunctionRole", verifier(variant, mesh));
    return expected;
  }

  private static Set<String> with(Set<String> more, String one) {
    return Stream.concat(more.stream(), Stream.of(one)).collect(toSet());
  }

  static final String TASKS =
      "arn:<Partition>:ecs:<Region>:<AccountId>:task/<app-mesh-ipv6:ECSCluster>/*";

  static Set<String> gatewayTargets() {
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
                + "colorteller-red or colorteller-orange or colorteller-yellow or colorteller-green or colorteller-blue or colorteller-purple",
            "ecs:DescribeTasks on " + TASKS,
            "ecs:DescribeTaskDefinition on *")
        .collect(toSet());
  }

  private static final String READ = "s3:GetBucket*, s3:GetObject*, s3:List* on ";
  private static final String WRITE =
      "s3:Abort*, s3:DeleteObject*, s3:GetBucket*, s3:GetObject*, s3:List*, s3:PutObject,"
          + " s3:PutObjectLegalHold, s3:PutObjectRetention, s3:PutObjectTagging,"
          + " s3:PutObjectVersionTagging on ";
  private static final String ARTIFACTS = "<Artifacts> and <Artifacts>/*";
  private static final String CONNECTION =
      "codeconnections:UseConnection, codestar-connections:UseConnection on "
          + Synthesized.CONNECTION;
  private static final String BUILDS =
      "codebuild:BatchGetBuilds, codebuild:StartBuild, codebuild:StopBuild on ";
  private static final String RESOURCE_POLICY = "AWS::SQS::QueuePolicy|AWS::S3::BucketPolicy";
  private static final String PIPELINE = "app-mesh-ipv6-pipeline";
  private static final String ROLE = "arn:<Partition>:iam::<AccountId>:role/";

  @Test
  void pipeline() {
    Map<String, Set<String>> expected = new TreeMap<>();
    expected.put(
        "PipelineRole",
        Set.of(
            WRITE + ARTIFACTS,
            "sts:AssumeRole on <PipelineCodeBuildActionRole> and <PipelineSourceCodePipelineActionRole> and "
                + ROLE
                + "cdk-hnb659fds-deploy-role-<AccountId>-<Region>"));
    expected.put(
        "PipelineSourceCodePipelineActionRole",
        Set.of(
            CONNECTION,
            WRITE + ARTIFACTS,
            "s3:PutObjectAcl, s3:PutObjectVersionAcl on <Artifacts>/*"));
    Set<String> projects =
        new TreeSet<>(
            Set.of(
                "<PipelineAssetsDockerAsset1>",
                "<PipelineAssetsFileAsset1>",
                "<PipelineAssetsFileAsset2>"));
    build(
        expected,
        projects,
        "PipelineBuildTest",
        CONNECTION,
        READ + ARTIFACTS,
        WRITE + "<Cache> and <Cache>/*");
    build(
        expected,
        projects,
        "PipelineBuildSynthCdkBuildProject",
        CONNECTION,
        WRITE + "<Artifacts> and <Cache> and <Artifacts>/* and <Cache>/*");
    build(
        expected,
        projects,
        "PipelineUpdatePipelineSelfMutation",
        READ + ARTIFACTS,
        "cloudformation:DescribeStacks, s3:ListBucket on *",
        "sts:AssumeRole on arn:*:iam::<AccountId>:role/* if ForAnyValue:StringEquals"
            + " iam:ResourceTag/aws-cdk:bootstrap-role image-publishing or file-publishing or deploy");
    for (String stage : List.of("v4only", "v6only", "override")) {
      for (Variant variant : Variant.values()) {
        build(
            expected,
            projects,
            "Pipeline%1$s%1$s%2$sVerify".formatted(stage, variant.word()),
            READ + ARTIFACTS,
            "lambda:GetFunction, lambda:InvokeFunction on arn:<Partition>:lambda:<Region>:<AccountId>:function:app-mesh-ipv6-%s-verifier:live"
                .formatted(variant.word()));
      }
    }
    expected.put(
        "PullRequestsRole",
        Set.of(
            "codeconnections:GetConnection, codeconnections:GetConnectionToken, codeconnections:UseConnection on "
                + Synthesized.CONNECTION,
            "logs:CreateLogStream, logs:PutLogEvents on <ReviewLogs>",
            "s3:PutObject on <Reviews>/*",
            "s3:GetBucketAcl, s3:GetBucketLocation on <Reviews>"));
    expected.put("PipelineAssetsDockerRole", publishing("image"));
    expected.put("PipelineAssetsFileRole", publishing("file"));
    expected.put("PipelineCodeBuildActionRole", Set.of(BUILDS + String.join(" and ", projects)));
    assertThat(permissions(PIPELINE, Synthesized.context(Synthesized.PIPELINE)))
        .isEqualTo(expected);
  }

  /** Its log, its reports, and more. */
  private static void build(
      Map<String, Set<String>> expected, Set<String> projects, String project, String... more) {
    String group =
        "arn:<Partition>:logs:<Region>:<AccountId>:log-group:/aws/codebuild/<%s>"
            .formatted(project);
    Set<String> permissions = new TreeSet<>(Set.of(more));
    permissions.add("logs:CreateLogStream, logs:PutLogEvents on <LogGroup>");
    permissions.add(
        "logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents on %1$s:* and %1$s"
            .formatted(group));
    permissions.add(reports("<%s>-*".formatted(project)));
    expected.put(project + "Role", permissions);
    projects.add("<%s>".formatted(project));
  }

  private static Set<String> publishing(String what) {
    return Set.of(
        READ + ARTIFACTS,
        BUILDS + "*",
        "never codebuild:StartBuild, codebuild:StopBuild on *",
        "logs:CreateLogStream, logs:PutLogEvents on <LogGroup>",
        "logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents on arn:<Partition>:logs:<Region>:<AccountId>:log-group:/aws/codebuild/*",
        reports("*"),
        "sts:AssumeRole on <arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-%s-publishing-role-${AWS::AccountId}-${AWS::Region}>"
            .formatted(what));
  }

  private static String reports(String groups) {
    return "codebuild:BatchPutCodeCoverages, codebuild:BatchPutTestCases, codebuild:CreateReport,"
        + " codebuild:CreateReportGroup, codebuild:UpdateReport on"
        + " arn:<Partition>:codebuild:<Region>:<AccountId>:report-group/"
        + groups;
  }

  @Test
  void wildcardsOnlyWithAReason() {
    Set<String> wild = new TreeSet<>();
    for (Map<String, JsonNode> templates :
        Stream.concat(APPS.stream(), Stream.of(Synthesized.ownEnvoys())).toList()) {
      templates
          .values()
          .forEach(
              template ->
                  template
                      .path("Resources")
                      .valueStream()
                      // In a key's policy, a star is the key.
                      .filter(resource -> !resource.path("Type").asText().equals("AWS::KMS::Key"))
                      .flatMap(resource -> resource.findValues("Statement").stream())
                      .flatMap(PermissionsTest::each)
                      .filter(statement -> statement.path("Effect").asText().equals("Allow"))
                      .filter(
                          statement ->
                              statement.has("Resource")
                                  && each(statement.path("Resource"))
                                      .map(PermissionsTest::text)
                                      .anyMatch(PermissionsTest::isWild))
                      .flatMap(statement -> each(statement.path("Action")))
                      .forEach(action -> wild.add(action.asText())));
    }
    assertThat(wild).isEqualTo(new TreeSet<>(WITHOUT_RESOURCE.keySet()));
  }

  /**
   * A star in place of a partition, a service or a whole resource; one inside a resource is not.
   */
  private static boolean isWild(String resource) {
    return resource.contains("*") && !resource.matches("(arn(:[^:*]+){4}:[^:*]|<[^>]+>).*");
  }

  @Test
  void whatIsWild() {
    assertThat(List.of("*", "arn:*", "arn:aws:*", "arn:aws:s3:::*", "arn:aws:ecs:*:1:task/a"))
        .allMatch(PermissionsTest::isWild);
    assertThat(List.of("arn:aws:ecs:r:1:task/a", "arn:aws:ecs:r:1:task/*", "<Queue>", "<Bucket>/*"))
        .noneMatch(PermissionsTest::isWild);
  }

  /** Permissions are where {@link #permissions} looks for them, and say what is allowed. */
  @Test
  void nowhereElse() {
    for (Map<String, JsonNode> templates :
        Stream.concat(APPS.stream(), Stream.of(Synthesized.ownEnvoys())).toList()) {
      templates.forEach(
          (stack, template) -> {
            for (String key :
                List.of("ManagedPolicyArns", "Policies", "NotAction", "NotResource")) {
              assertThat(template.findValues(key)).as("%s of %s", key, stack).isEmpty();
            }
            template
                .path("Resources")
                .forEach(
                    resource -> {
                      String type = resource.path("Type").asText();
                      assertThat(type)
                          .as(stack)
                          .isNotIn("AWS::IAM::ManagedPolicy", "AWS::IAM::User", "AWS::IAM::Group");
                      if (!type.matches("AWS::IAM::Policy|" + RESOURCE_POLICY)) {
                        assertThat(type).as(stack).doesNotEndWith("Policy");
                      }
                    });
          });
    }
  }

  /** Who may become a role, who may invoke a function, whom a queue or a bucket lets in. */
  @Test
  void trusted() {
    for (Map<String, JsonNode> templates : APPS) {
      Map<String, Set<String>> trusted = new TreeMap<>();
      templates.forEach(
          (stack, template) ->
              template
                  .path("Resources")
                  .properties()
                  .forEach(
                      resource ->
                          trust(resource.getKey(), resource.getValue())
                              .forEach(
                                  line ->
                                      trusted
                                          .computeIfAbsent(
                                              stack.replaceFirst("dns|cloud", "VARIANT"),
                                              s -> new TreeSet<>())
                                          .add(line))));
      Map<String, Set<String>> expected = new TreeMap<>();
      expected.put(
          "app-mesh-ipv6-ecs-cluster",
          Set.of("BastionInstanceInstanceRole: sts:AssumeRole by Service:ec2.amazonaws.com"));
      Set<String> services =
          Stream.concat(
                  Stream.of(Color.values()).map(Color::serviceName), Stream.of("colorgateway"))
              .map(service -> service.replace("-", ""))
              .flatMap(
                  service ->
                      Stream.of("TaskTaskRole", "TaskExecutionRole").map(role -> service + role))
              .map(role -> role + ": sts:AssumeRole by Service:ecs-tasks.amazonaws.com")
              .collect(toSet());
      for (String function : List.of("GatewayTargets", "Verifier")) {
        services.add(function + "FunctionRole: sts:AssumeRole by Service:lambda.amazonaws.com");
      }
      for (String rule : List.of("TaskChanged", "Schedule")) {
        services.add(
            "Permission: lambda:InvokeFunction of <GatewayTargetsFunctionAlias> by events.amazonaws.com for <GatewayTargets%s>"
                .formatted(rule));
      }
      expected.put("app-mesh-ipv6-VARIANT-ecs-service", services);
      if (templates.equals(Synthesized.everyOption())) {
        expected.put(
            "app-mesh-ipv6-vpc",
            Set.of("VpcFlowLogIAMRole: sts:AssumeRole by Service:vpc-flow-logs.amazonaws.com"));
      }
      if (templates.containsKey(PIPELINE)) {
        expected.put(PIPELINE, trustedOfThePipeline());
      }
      assertThat(trusted).isEqualTo(expected);
    }
  }

  private static Set<String> trustedOfThePipeline() {
    String pipeline = "AWS:<PipelineRole>";
    Map<String, String> others =
        Map.of(
            "PipelineRole", "Service:codepipeline.amazonaws.com",
            "PipelineCodeBuildActionRole", pipeline,
            "PipelineSourceCodePipelineActionRole", pipeline);
    Stream<String> roles =
        permissions(PIPELINE, Synthesized.context(Synthesized.PIPELINE)).keySet().stream()
            .map(
                role ->
                    "%s: sts:AssumeRole by %s"
                        .formatted(
                            role, others.getOrDefault(role, "Service:codebuild.amazonaws.com")));
    // CloudFormation reads the templates as this role.
    String deploys =
        "ArtifactsPolicy: s3:GetBucket*, s3:GetObject*, s3:List* by AWS:%scdk-hnb659fds-deploy-role-<AccountId>-<Region>"
            .formatted(ROLE);
    return Stream.concat(roles, Stream.of(deploys)).collect(toSet());
  }

  private static Stream<String> trust(String id, JsonNode resource) {
    JsonNode properties = resource.path("Properties");
    if (resource.path("Type").asText().equals("AWS::Lambda::Permission")) {
      return Stream.of(
          "Permission: %s of %s by %s for %s"
              .formatted(
                  properties.path("Action").asText(),
                  text(properties.path("FunctionName")),
                  text(properties.path("Principal")),
                  text(properties.path("SourceArn"))));
    }
    String policy =
        resource.path("Type").asText().matches(RESOURCE_POLICY)
            ? "PolicyDocument"
            : "AssumeRolePolicyDocument";
    return each(properties.path(policy).path("Statement"))
        .filter(statement -> statement.path("Effect").asText().equals("Allow"))
        .map(
            statement ->
                "%s: %s by %s%s"
                    .formatted(
                        logicalId(id),
                        texts(statement.path("Action"), ", "),
                        statement
                            .path("Principal")
                            .propertyStream()
                            .map(who -> who.getKey() + ":" + text(who.getValue()))
                            .collect(joining(" ")),
                        condition(statement.path("Condition"))));
  }

  static Map<String, Set<String>> permissions(String stack, Map<String, JsonNode> templates) {
    Map<String, Set<String>> permissions = new TreeMap<>();
    for (JsonNode resource : templates.get(stack).path("Resources")) {
      if (!resource.path("Type").asText().equals("AWS::IAM::Policy")) {
        continue;
      }
      JsonNode properties = resource.path("Properties");
      assertThat(properties.path("Roles")).hasSize(1);
      String role = logicalId(properties.at("/Roles/0/Ref").asText());
      each(properties.at("/PolicyDocument/Statement"))
          .forEach(
              statement ->
                  permissions
                      .computeIfAbsent(role, r -> new TreeSet<>())
                      .add(
                          (statement.path("Effect").asText().equals("Deny") ? "never " : "")
                              + texts(statement.path("Action"), ", ")
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
                                        texts(key.getValue(), " or ")))));
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
