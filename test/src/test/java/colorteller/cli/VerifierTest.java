package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.AppMeshStub;
import colorteller.acceptance.Command;
import colorteller.acceptance.HttpStub;
import colorteller.acceptance.HttpStub.Answer;
import colorteller.acceptance.LambdaPackage;
import colorteller.acceptance.Moto;
import colorteller.account.FunctionProcess;
import colorteller.local.LocalMesh;
import colorteller.local.LoopbackNetwork;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import colorteller.mesh.report.JsonReport;
import colorteller.mesh.report.Scenario;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

/**
 * The verifier's package, and the command, against real Envoys. In place of AWS stand moto's Cloud
 * Map and CloudFormation, and stubs of App Mesh and ECS.
 */
class VerifierTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLUSTER = "app-mesh-ipv6";
  // Each variant has a region of its own, so that their data stay apart.
  private static final Map<String, String> REGIONS =
      Map.of("dns", "eu-west-1", "cloud", "us-west-2");

  private static Moto moto;

  @BeforeAll
  static void registerInstances() throws Exception {
    moto = new Moto();
    for (String variant : REGIONS.keySet()) {
      try (ServiceDiscoveryClient cloudMap =
          moto.client(ServiceDiscoveryClient.builder(), REGIONS.get(variant))) {
        Scenario scenario = LocalMeshes.stage(variant, "v4_only");
        String namespace = "default.svc.cluster.local." + variant;
        cloudMap.createHttpNamespace(r -> r.name(namespace));
        String id = cloudMap.listNamespaces().namespaces().get(0).id();
        for (VirtualNode node : scenario.mesh().nodes().values()) {
          String service =
              node.serviceDiscovery().orElseThrow() instanceof ServiceDiscovery.CloudMap byName
                  ? byName.serviceName()
                  : ((ServiceDiscovery.Dns) node.serviceDiscovery().orElseThrow())
                      .hostname()
                      .replace("." + namespace, "");
          cloudMap.createService(r -> r.name(service).namespaceId(id));
          register(cloudMap, service, node.name(), scenario.workloads().get(node.name()));
        }
      }
    }
  }

  /** As ECS does: the instance's id is the task's. */
  private static void register(
      ServiceDiscoveryClient cloudMap, String service, String task, Workload workload) {
    Map<String, String> attributes = new HashMap<>();
    attributes.put("ECS_CLUSTER_NAME", CLUSTER);
    if (workload.discovery().contains(IpFamily.IPV4)) {
      attributes.put("AWS_INSTANCE_IPV4", "10.0.64.7");
    }
    if (workload.discovery().contains(IpFamily.IPV6)) {
      attributes.put("AWS_INSTANCE_IPV6", "2001:db8::7");
    }
    String id =
        cloudMap.listServices().services().stream()
            .filter(found -> found.name().equals(service))
            .findFirst()
            .orElseThrow()
            .id();
    cloudMap.registerInstance(r -> r.serviceId(id).instanceId(task).attributes(attributes));
  }

  @AfterAll
  static void end() {
    moto.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dns", "cloud"})
  void everyStageHolds(String variant) throws Exception {
    Scenario first = LocalMeshes.stage(variant, "v4_only");
    try (HttpStub ecs = ecs(variant);
        AppMeshStub appMesh = appMesh(variant, "v4_only");
        LocalMesh local =
            new LocalMesh(
                new LoopbackNetwork(Machine.envoy(), first.mesh(), first.workloads()),
                first.mesh());
        LambdaPackage verifier =
            new LambdaPackage(
                "walkthrough-verifier", environment(variant, appMesh, ecs, local, first))) {
      for (Scenario scenario : LocalMeshes.of(variant)) {
        String stage = scenario.stage().orElseThrow();
        local.apply(scenario.mesh());
        appMesh.deploy(template(variant, stage));
        FunctionProcess.Result result = verifier.invoke("{\"variant\": \"%s\"}".formatted(variant));
        assertThat(result.error()).as(stage + result.log()).isEmpty();
        JsonNode run = JSON.readTree(result.output()).path("runs").path(0);
        assertThat(run.path("rounds").asInt()).isEqualTo(2);
        assertThat(run.path("variant").asText()).isEqualTo(variant);
        JsonNode expected =
            JSON.readTree(new JsonReport(List.of(scenario.expected()), Optional.empty()).toString())
                .at("/runs/0");
        assertThat(run.path("preference")).isEqualTo(expected.path("preference"));
        for (int i = 0; i < 6; i++) {
          JsonNode route = run.path("routes").path(i);
          // What is read from AWS's APIs is what is read from the templates.
          for (String same : List.of("gateway", "path", "color", "node", "expected")) {
            assertThat(route.path(same)).isEqualTo(expected.at("/routes/" + i + "/" + same));
          }
          assertThat(route.path("matches").asBoolean()).as(stage + route).isTrue();
          assertThat(route.at("/observed/outcome")).isEqualTo(route.at("/expected/outcome"));
          // The load balancer would answer for a gateway that does not listen.
          assertThat(route.path("viaIpv6").has("status")).isEqualTo(!stage.equals("none"));
        }
      }
    }
  }

  @Test
  void aStageThatIsNotInForceFails() throws Exception {
    Scenario scenario = LocalMeshes.stage("dns", "v4_only");
    try (HttpStub ecs = ecs("dns");
        AppMeshStub appMesh = appMesh("dns", "v6_only");
        LocalMesh local =
            new LocalMesh(
                new LoopbackNetwork(Machine.envoy(), scenario.mesh(), scenario.workloads()),
                scenario.mesh())) {
      local.apply(scenario.mesh());
      FunctionProcess.Result result =
          invoke("dns", environment("dns", appMesh, ecs, local, scenario));
      assertThat(result.output()).isEmpty();
      assertThat(result.error().lines())
          .anyMatch(line -> line.contains("/red via IPv4: observed red, expected discovery."))
          .anyMatch(
              line ->
                  line.startsWith(
                      "/purple via IPv6: observed listener or application, expected purple."))
          .noneMatch(line -> line.startsWith("/blue"))
          .hasSize(10);
    }
  }

  @Test
  void anErrorOfTheLoadBalancerIsNeverTheExpectedOne() throws Exception {
    Answer noTargets =
        new Answer(
            503, Map.of("Server", "awselb/2.0"), "<html><h1>503 Service Unavailable</h1></html>");
    assertThat(against((request, body) -> noTargets))
        .contains("the mesh has not settled within 5 s: /red: 503 did not come from an Envoy")
        .contains("(server: awselb/2.0)");
  }

  @Test
  void whatCannotBeVerifiedIsSaidInOneLine() throws Exception {
    try (HttpStub refuses =
        new HttpStub(
            (request, body) ->
                Answer.error(403, "AccessDeniedException", "The service has ended."))) {
      Map<String, String> environment = environment("dns", refuses.endpoint(), refuses.endpoint());
      try (LambdaPackage verifier = new LambdaPackage("walkthrough-verifier", environment)) {
        assertThat(verifier.invoke("{\"variant\": \"dns\"}").error())
            .isEqualTo(
                "VerificationException: AWS refused: AccessDeniedException, The service has"
                    + " ended.");
        for (String input : List.of("{\"variant\":\"cloud\"}", "{}", "[]", "", "{", "null")) {
          assertThat(verifier.invoke(input).error())
              .isEqualTo("VerificationException: the input must be {\"variant\": \"dns\"}");
        }
      }
      Map<String, String> less = new HashMap<>(environment);
      less.put("MESH_NAME", "");
      assertThat(invoke("dns", less).error())
          .isEqualTo("VerificationException: The function's environment lacks MESH_NAME");
    }
    try (AppMeshStub appMesh = appMesh("dns", "v4_only")) {
      Map<String, String> environment =
          new HashMap<>(environment("dns", appMesh.endpoint(), "http://127.0.0.1:9"));
      environment.put("MESH_NAME", "another");
      assertThat(invoke("dns", environment).error())
          .startsWith(
              "VerificationException: App Mesh has no mesh 'another' here; deploy its stack first");
      environment.put("MESH_NAME", "app-mesh-ipv6-dns-mesh");
      environment.put("AWS_REGION", "ap-south-1");
      assertThat(invoke("dns", environment).error())
          .startsWith(
              "VerificationException: Cloud Map has no service 'colorteller-blue' in a namespace"
                  + " 'default.svc.cluster.local.dns'");
    }
  }

  @Test
  void theCommandPrintsTheTable() throws Exception {
    Scenario scenario = LocalMeshes.stage("dns", "override");
    try (HttpStub ecs = ecs("dns");
        AppMeshStub appMesh = appMesh("dns", "override");
        LocalMesh local =
            new LocalMesh(
                new LoopbackNetwork(Machine.envoy(), scenario.mesh(), scenario.workloads()),
                scenario.mesh())) {
      Map<String, String> environment = environment("dns", appMesh.endpoint(), ecs.endpoint());
      Command.Result absent = verify(environment);
      assertThat(absent.status()).isEqualTo(2);
      assertThat(absent.err())
          .contains(
              "stack 'app-mesh-ipv6-dns-ecs-service' is not deployed in this account and region");

      local.apply(scenario.mesh());
      int port =
          ((LoopbackNetwork) local.network())
              .port(scenario.mesh().gateways().values().iterator().next());
      deployOutputs("http://127.0.0.1:" + port, "http://[::1]:" + port);
      Command.Result holds = verify(environment);
      assertThat(holds.status()).as(holds.err()).isZero();
      assertThat(holds.out().lines().toList().get(1).split(" {2,}"))
          .containsExactly(
              "app-mesh-ipv6-dns-mesh",
              "IPv6_ONLY",
              "red",
              "orange",
              "yellow",
              "application",
              "blue",
              "purple",
              "the same");

      local.apply(LocalMeshes.stage("dns", "v6_only").mesh());
      Command.Result differs = verify(environment);
      assertThat(differs.status()).isEqualTo(1);
      assertThat(differs.out()).contains("discovery, not red", "Not as expected:");

      environment = new HashMap<>(environment);
      environment.put("AWS_ACCESS_KEY_ID", "");
      Command.Result nobody = verify(environment);
      assertThat(nobody.status()).isEqualTo(3);
      assertThat(nobody.err().lines())
          .last()
          .asString()
          .startsWith("AWS cannot be asked: Unable to load credentials")
          .endsWith("check with ./walkthrough preflight");
    }
  }

  private static Command.Result verify(Map<String, String> environment) throws Exception {
    Map<String, String> own = new HashMap<>(environment);
    own.put("JDK_JAVA_OPTIONS", Moto.HOSTS_OPTION);
    return Command.run(
        own,
        Stream.of("./walkthrough verify --variant dns --rounds 2 --pause 0 --limit 30".split(" "))
            .toList());
  }

  private static void deployOutputs(String ipv4, String ipv6) throws Exception {
    ObjectNode template = JSON.createObjectNode();
    template.putObject("Resources").putObject("Nothing").put("Type", "AWS::SQS::Queue");
    ObjectNode outputs = template.putObject("Outputs");
    outputs.putObject("ColorAppEndpoint").put("Value", ipv4);
    outputs.putObject("ColorAppEndpointIpv6").put("Value", ipv6);
    try (CloudFormationClient cloudFormation =
        moto.client(CloudFormationClient.builder(), REGIONS.get("dns"))) {
      cloudFormation.createStack(
          r -> r.stackName("app-mesh-ipv6-dns-ecs-service").templateBody(template.toString()));
    }
  }

  /** With a server in place of the load balancer; the message of the failure. */
  private String against(HttpStub.Answers loadBalancer) throws Exception {
    try (HttpStub ecs = ecs("dns");
        AppMeshStub appMesh = appMesh("dns", "v6_only");
        HttpStub server = new HttpStub(loadBalancer)) {
      Map<String, String> environment =
          new HashMap<>(environment("dns", appMesh.endpoint(), ecs.endpoint()));
      environment.put("ENDPOINT_IPV4", server.endpoint());
      environment.put("ENDPOINT_IPV6", server.endpoint());
      environment.put("LIMIT_SECONDS", "5");
      FunctionProcess.Result result = invoke("dns", environment);
      assertThat(result.output()).isEmpty();
      return result.error();
    }
  }

  private static FunctionProcess.Result invoke(String variant, Map<String, String> environment)
      throws Exception {
    return LambdaPackage.invoke(
        "walkthrough-verifier", environment, "{\"variant\": \"%s\"}".formatted(variant));
  }

  private static AppMeshStub appMesh(String variant, String stage) throws Exception {
    return new AppMeshStub(template(variant, stage));
  }

  private static Path template(String variant, String stage) {
    return Path.of(
        "test/src/test/resources/templates/%s/app-mesh-ipv6-%s-mesh.template.json"
            .formatted(stage, variant));
  }

  private static Map<String, String> environment(
      String variant, AppMeshStub appMesh, HttpStub ecs, LocalMesh local, Scenario scenario) {
    int port =
        ((LoopbackNetwork) local.network())
            .port(scenario.mesh().gateways().values().iterator().next());
    Map<String, String> environment =
        new HashMap<>(environment(variant, appMesh.endpoint(), ecs.endpoint()));
    environment.put("ENDPOINT_IPV4", "http://127.0.0.1:" + port);
    environment.put("ENDPOINT_IPV6", "http://[::1]:" + port);
    return environment;
  }

  private static Map<String, String> environment(String variant, String appMesh, String ecs) {
    Map<String, String> environment =
        new HashMap<>(Moto.environment(moto.endpoint(), REGIONS.get(variant)));
    environment.put("AWS_ENDPOINT_URL_SERVICEDISCOVERY", moto.endpointByName());
    environment.put("AWS_ENDPOINT_URL_APP_MESH", appMesh);
    environment.put("AWS_ENDPOINT_URL_ECS", ecs);
    environment.put("VARIANT", variant);
    environment.put("MESH_NAME", "app-mesh-ipv6-%s-mesh".formatted(variant));
    environment.put("ENDPOINT_IPV4", "http://127.0.0.1:9");
    environment.put("ENDPOINT_IPV6", "http://127.0.0.1:9");
    environment.put("ROUNDS", "2");
    environment.put("PAUSE_SECONDS", "0");
    environment.put("LIMIT_SECONDS", "30");
    return environment;
  }

  /** DescribeTasks and DescribeTaskDefinition, as ECS answers; a task's id is its node's name. */
  private HttpStub ecs(String variant) throws Exception {
    Map<String, Workload> workloads = LocalMeshes.stage(variant, "v4_only").workloads();
    return new HttpStub(
        (request, body) -> {
          String action =
              request.getRequestHeaders().getFirst("X-Amz-Target").replaceFirst(".*\\.", "");
          JsonNode asked = JSON.readTree(body);
          ObjectNode answer = JSON.createObjectNode();
          if (action.equals("DescribeTasks")) {
            assertThat(asked.path("cluster").asText()).isEqualTo(CLUSTER);
            ArrayNode tasks = answer.putArray("tasks");
            for (JsonNode task : asked.path("tasks")) {
              tasks
                  .addObject()
                  .put("taskArn", "arn:aws:ecs:r:1:task/" + CLUSTER + "/" + task.asText())
                  .put("lastStatus", "RUNNING")
                  .put("healthStatus", "HEALTHY")
                  .put("taskDefinitionArn", "arn:aws:ecs:r:1:task-definition/" + task.asText());
            }
          } else {
            assertThat(action).isEqualTo("DescribeTaskDefinition");
            String node = asked.path("taskDefinition").asText().replaceFirst(".*/", "");
            Workload workload = workloads.get(node);
            ArrayNode containers =
                answer.putObject("taskDefinition").putArray("containerDefinitions");
            environment(
                containers,
                Map.of(
                    "APPMESH_RESOURCE_ARN",
                    "mesh/app-mesh-ipv6-%s-mesh/virtualNode/%s".formatted(variant, node)));
            environment(
                containers,
                Map.of(
                    "COLOR", workload.answer(),
                    "IP_FAMILY", IpFamily.word(workload.application())));
          }
          return Answer.json(answer.toString());
        });
  }

  private static void environment(ArrayNode containers, Map<String, String> variables) {
    ArrayNode environment = containers.addObject().putArray("environment");
    variables.forEach(
        (name, value) -> environment.addObject().put("name", name).put("value", value));
  }
}
