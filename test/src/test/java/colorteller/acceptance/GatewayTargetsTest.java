package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.account.FunctionProcess;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupIpAddressTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/**
 * The package of the function gateway-targets, in a JVM of its own, against moto's Elastic Load
 * Balancing and a stub of ECS: moto gives tasks no IPv6 addresses.
 */
class GatewayTargetsTest {

  private static final String REGION = "eu-west-1";
  private static final String CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/colors";
  private static final String EVENT =
      """
      {"version": "0", "id": "event-1", "detail-type": "ECS Task State Change", "source": "aws.ecs",
       "account": "123456789012", "region": "eu-west-1",
       "detail": {"clusterArn": "%s", "group": "service:gateway", "lastStatus": "RUNNING"}}"""
          .formatted(CLUSTER);
  private static final String SCHEDULE =
      """
      {"id": "event-2", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}""";
  private static final String SECRET = "do-not-log-this";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Moto moto;
  private static ElasticLoadBalancingV2Client loadBalancing;
  private static AwsStub stub;
  private static String targetGroup;
  private static LambdaPackage function;

  @BeforeAll
  static void startMoto() throws Exception {
    moto = new Moto();
    loadBalancing = moto.client(ElasticLoadBalancingV2Client.builder(), REGION);
    try (Ec2Client ec2 = moto.client(Ec2Client.builder(), REGION)) {
      String vpc = ec2.createVpc(request -> request.cidrBlock("10.0.0.0/16")).vpc().vpcId();
      targetGroup =
          loadBalancing
              .createTargetGroup(
                  request ->
                      request
                          .name("gateway")
                          .targetType(TargetTypeEnum.IP)
                          .ipAddressType(TargetGroupIpAddressTypeEnum.IPV6)
                          .protocol(ProtocolEnum.HTTP)
                          .port(80)
                          .vpcId(vpc))
              .targetGroups()
              .get(0)
              .targetGroupArn();
    }
    stub = AwsStub.start();
    function = new LambdaPackage("gateway-targets", environment(Map.of()));
  }

  @AfterAll
  static void stop() throws IOException {
    function.close();
    stub.close();
    loadBalancing.close();
    moto.close();
  }

  @BeforeEach
  void nothingIsRegisteredOrPrepared() {
    stub.reset();
    loadBalancing.deregisterTargets(
        request ->
            request
                .targetGroupArn(targetGroup)
                .targets(
                    loadBalancing
                        .describeTargetHealth(health -> health.targetGroupArn(targetGroup))
                        .targetHealthDescriptions()
                        .stream()
                        .map(TargetHealthDescription::target)
                        .toList()));
  }

  @Test
  void followsATaskThatWasReplaced() throws Exception {
    targets("2001:db8::1");
    stub.answers("ListTasks", AwsStub.list("2"));
    stub.answers("DescribeTasks", AwsStub.describe(AwsStub.task("2", "2001:db8::2")));

    stub.answers("ListTasks", AwsStub.list("2"));
    stub.answers("DescribeTasks", AwsStub.describe(AwsStub.task("2", "2001:db8::2")));

    FunctionProcess.Result result = invoke(EVENT);

    assertThat(result.error()).isEmpty();
    assertThat(targets()).containsExactly("2001:db8::2 9080");
    String list =
        "ListTasks {\"cluster\":\"%s\",\"serviceName\":\"gateway\",\"desiredStatus\":\"RUNNING\"}"
            .formatted(CLUSTER);
    String describe =
        "DescribeTasks {\"cluster\":\"%s\",\"tasks\":[\"%s\"]}"
            .formatted(CLUSTER, AwsStub.arn("2"));
    assertThat(stub.asked()).containsExactly(list, describe, list, describe);
  }

  @Test
  void saysInJsonWhatItDidAndNoSecrets() throws Exception {
    targets("2001:db8::1");
    stub.answers("ListTasks", AwsStub.list("2"));
    stub.answers("DescribeTasks", AwsStub.describe(AwsStub.task("2", "2001:db8::2")));

    stub.answers("ListTasks", AwsStub.list("2"));
    stub.answers("DescribeTasks", AwsStub.describe(AwsStub.task("2", "2001:db8::2")));

    FunctionProcess.Result result = invoke(EVENT);

    List<JsonNode> lines = lines(result);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).path("registered")).hasToString("[\"2001:db8::2\"]");
    assertThat(lines.get(1).path("deregistered")).hasToString("[\"[2001:db8::1]:9080\"]");
    for (JsonNode line : lines.subList(0, 2)) {
      assertThat(line.path("correlation_id").asText()).isEqualTo("event-1");
      assertThat(line.path("function_request_id").asText()).endsWith("0001");
      assertThat(line.path("level").asText()).isEqualTo("INFO");
    }
    assertThat(lines.get(2).path("TasksWithoutIpv6").asInt(-1)).isZero();
    assertThat(lines.get(2).at("/_aws/CloudWatchMetrics"))
        .isEqualTo(
            JSON.readTree(
                """
                [{"Namespace": "colorteller", "Dimensions": [["Service"]],
                  "Metrics": [{"Name": "TasksWithoutIpv6", "Unit": "Count"}]}]"""));
    assertThat(lines.get(2).path("Service").asText()).isEqualTo("gateway");
    assertThat(result.log() + result.error()).doesNotContain(SECRET, "AKIDEXAMPLE");
  }

  @Test
  void readsAllPagesAndBatches() throws Exception {
    List<String> names = IntStream.rangeClosed(1, 130).mapToObj(Integer::toString).toList();
    stub.answers("ListTasks", AwsStub.page("page-2", names.subList(0, 70)));
    stub.answers("ListTasks", AwsStub.list(names.subList(70, 130).toArray(String[]::new)));
    for (List<String> batch : List.of(names.subList(0, 100), names.subList(100, 130))) {
      stub.answers(
          "DescribeTasks",
          AwsStub.describe(
              batch.stream()
                  .map(name -> AwsStub.task(name, "2001:db8::" + name))
                  .toArray(String[]::new)));
    }
    FunctionProcess.Result result = invoke(EVENT);
    assertThat(result.error()).isEmpty();
    assertThat(targets()).hasSize(130).contains("2001:db8::1 9080", "2001:db8::130 9080");
    assertThat(stub.asked().get(1)).contains("\"nextToken\":\"page-2\"");
  }

  @Test
  void triesAgainWhenItIsThrottled() throws Exception {
    stub.fails("ListTasks", 400, "ThrottlingException");
    stub.fails("ListTasks", 400, "ThrottlingException");
    stub.answers("ListTasks", AwsStub.list("1"));
    stub.fails("DescribeTasks", 500, "ServerException");
    stub.answers("DescribeTasks", AwsStub.describe(AwsStub.task("1", "2001:db8::1")));
    FunctionProcess.Result result = invoke(EVENT);
    assertThat(result.error()).isEmpty();
    assertThat(stub.asked()).hasSize(5);
    assertThat(targets()).containsExactly("2001:db8::1 9080");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ThrottlingException", "AccessDeniedException", "ServiceNotFoundException"})
  void aFailureThatStaysIsThrownAndDeregistersNothing(String code) throws Exception {
    targets("2001:db8::1");
    for (int i = 0; i < 10; i++) {
      stub.fails("ListTasks", 400, code);
    }
    FunctionProcess.Result result = invoke(EVENT);
    assertThat(result.error()).contains(code);
    assertThat(lines(result)).last().satisfies(line -> saysError(line));
    assertThat(targets()).containsExactly("2001:db8::1 9080");
    assertThat(stub.asked()).hasSize(code.equals("ThrottlingException") ? 3 : 1);
  }

  /** In JSON, with what a search needs. */
  private static void saysError(JsonNode line) {
    assertThat(line.path("level").asText()).isEqualTo("ERROR");
    assertThat(line.path("message").asText())
        .isEqualTo("The target group could not be kept up to date");
    assertThat(line.path("correlation_id").asText()).isEqualTo("event-1");
  }

  @Test
  void aTaskThatEcsLeavesOutDeregistersNothing() throws Exception {
    targets("2001:db8::1");
    stub.answers("ListTasks", AwsStub.list("1", "2"));
    stub.answers(
        "DescribeTasks",
        """
        {"tasks": [%s], "failures": [{"arn": "%s", "reason": "MISSING"}]}"""
            .formatted(AwsStub.task("2", "2001:db8::2"), AwsStub.arn("1")));
    FunctionProcess.Result result = invoke(EVENT);
    assertThat(result.error())
        .contains("ECS did not describe [%s], so no target was".formatted(AwsStub.arn("1")));
    assertThat(targets()).containsExactly("2001:db8::1 9080", "2001:db8::2 9080");
  }

  @Test
  void anEmptyServiceEmptiesTheTargetGroup() throws Exception {
    targets("2001:db8::1");
    stub.answers("ListTasks", AwsStub.list());
    stub.answers("ListTasks", AwsStub.list());
    FunctionProcess.Result result = invoke(SCHEDULE);
    assertThat(result.error()).isEmpty();
    assertThat(targets()).isEmpty();
  }

  @Test
  void aDeletedTargetGroupIsAnErrorThatNamesIt() throws Exception {
    FunctionProcess.Result result =
        invoke(EVENT, Map.of("TARGET_GROUP_ARN", targetGroup.replace("/gateway/", "/deleted/")));
    assertThat(result.error()).contains("TargetGroupNotFoundException");
    assertThat(stub.asked()).isEmpty();
  }

  @Test
  void saysHowTasksGetIpv6Addresses() throws Exception {
    stub.answers("ListTasks", AwsStub.list("1"));
    stub.answers("DescribeTasks", AwsStub.describe(AwsStub.task("1", "")));
    FunctionProcess.Result result = invoke(EVENT);
    assertThat(result.error()).isEmpty();
    assertThat(lines(result).get(0).path("level").asText()).isEqualTo("WARN");
    assertThat(lines(result).get(0).path("message").asText())
        .contains(
            "aws ecs put-account-setting-default --name dualStackIPv6 --value enabled",
            "aws ecs update-service --cluster %s --service gateway --force-new-deployment"
                .formatted(CLUSTER));
    assertThat(lines(result).get(0).path("withoutIpv6"))
        .hasToString("[\"%s\"]".formatted(AwsStub.arn("1")));
    assertThat(lines(result).get(1).path("TasksWithoutIpv6").asInt()).isEqualTo(1);
  }

  /** Both are beyond moto: it knows no state draining, and no two ports of one address. */
  @Test
  void leavesDrainingTargetsAloneAndReplacesAnotherPort() throws Exception {
    stub.answers(
        "DescribeTargetHealth",
        AwsStub.healths(
            AwsStub.health("2001:db8::99", 9080, "draining"),
            AwsStub.health("2001:db8:0:0:0:0:0:1", 81, "unhealthy")));
    stub.answers("ListTasks", AwsStub.list("1"));
    stub.answers("DescribeTasks", AwsStub.describe(AwsStub.task("1", "2001:db8::1")));
    stub.answers("RegisterTargets", "");
    stub.answers("DeregisterTargets", "");
    stub.answers("ListTasks", AwsStub.list("1"));
    stub.answers("DescribeTasks", AwsStub.describe(AwsStub.task("1", "2001:db8::1")));
    FunctionProcess.Result result =
        invoke(EVENT, Map.of("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", stub.endpoint()));
    assertThat(result.error()).isEmpty();
    List<String> asked = stub.asked();
    assertThat(asked.get(3))
        .startsWith("RegisterTargets ")
        .contains("Targets.member.1.Id=2001%3Adb8%3A%3A1&Targets.member.1.Port=9080")
        .doesNotContain("member.2");
    assertThat(asked.get(6))
        .startsWith("DeregisterTargets ")
        .contains("Targets.member.1.Id=2001%3Adb8%3A0%3A0%3A0%3A0%3A0%3A1&Targets.member.1.Port=81")
        .doesNotContain("member.2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{\"source\": \"aws.ecs\"}"})
  void anEventThatIsNotOursIsOneErrorAndNoCall(String event) throws Exception {
    FunctionProcess.Result result =
        invoke(event, Map.of("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", stub.endpoint()));
    assertThat(result.error()).contains("UnusableEvent: The event ");
    assertThat(stub.asked()).isEmpty();
  }

  @Test
  void aFunctionWithoutConfigurationSaysWhatItLacks() throws Exception {
    FunctionProcess.Result result = invoke(EVENT, Map.of("CLUSTER", "", "PORT", ""));
    assertThat(result.error()).contains("The function's environment lacks CLUSTER, PORT");
  }

  private static FunctionProcess.Result invoke(String event) throws IOException {
    return function.invoke(event);
  }

  private static FunctionProcess.Result invoke(String event, Map<String, String> over)
      throws IOException {
    return LambdaPackage.invoke("gateway-targets", environment(over), event);
  }

  private static Map<String, String> environment(Map<String, String> over) {
    Map<String, String> environment = new HashMap<>(Moto.environment(moto.endpoint(), REGION));
    environment.put("CLUSTER", CLUSTER);
    environment.put("SERVICE", "gateway");
    environment.put("TARGET_GROUP_ARN", targetGroup);
    environment.put("PORT", "9080");
    environment.put("SETTLE_SECONDS", "0");
    environment.put("AWS_ENDPOINT_URL_ECS", stub.endpoint());
    environment.put("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    environment.put("AWS_SECRET_ACCESS_KEY", SECRET);
    environment.put("AWS_LAMBDA_FUNCTION_NAME", "function");
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    environment.putAll(over);
    return environment;
  }

  private static List<JsonNode> lines(FunctionProcess.Result result) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : result.log().lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private void targets(String... addresses) {
    loadBalancing.registerTargets(
        request ->
            request
                .targetGroupArn(targetGroup)
                .targets(
                    Stream.of(addresses)
                        .map(a -> TargetDescription.builder().id(a).port(9080).build())
                        .toList()));
  }

  private List<String> targets() {
    return loadBalancing
        .describeTargetHealth(request -> request.targetGroupArn(targetGroup))
        .targetHealthDescriptions()
        .stream()
        .map(health -> health.target().id() + " " + health.target().port())
        .toList();
  }
}
