package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.acceptance.HttpStub;
import colorteller.acceptance.HttpStub.Answer;
import colorteller.acceptance.LambdaPackage;
import colorteller.acceptance.Moto;
import colorteller.acceptance.Ports;
import colorteller.account.FunctionProcess;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * The package of the function mesh-certificates against moto's SSM and ECS; then the control plane
 * with the certificate that it made, and a gateway's Envoy as its task definition starts it, with
 * its own.
 */
class MeshCertificatesTest {

  private static final String PREFIX = "/colors/certificates";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();

  private static Moto moto;
  private static SsmClient ssm;
  private static LambdaPackage function;
  private static HttpStub cloudFormation;
  private static final List<JsonNode> ANSWERS = new CopyOnWriteArrayList<>();

  @TempDir Path folder;

  @BeforeAll
  static void start() throws Exception {
    moto = new Moto();
    ssm = moto.client(SsmClient.builder(), Colors.REGION);
    try (EcsClient ecs = moto.client(EcsClient.builder(), Colors.REGION)) {
      ecs.createCluster(call -> call.clusterName("colors"));
    }
    Map<String, String> environment =
        new HashMap<>(Moto.environment(moto.endpoint(), Colors.REGION));
    environment.put("PARAMETERS", PREFIX);
    environment.put("CLUSTER", "colors");
    environment.put("AUTHORITY_KEY", "alias/authority");
    function = new LambdaPackage("mesh-certificates", environment);
    cloudFormation =
        new HttpStub(
            (request, body) -> {
              ANSWERS.add(JSON.readTree(body));
              return new Answer(200, Map.of(), "");
            });
  }

  @AfterAll
  static void stop() throws Exception {
    function.close();
    cloudFormation.close();
    ssm.close();
    moto.close();
  }

  private static JsonNode resource(String type, String... proxies) throws Exception {
    return resourceOf(PREFIX, type, proxies);
  }

  private static JsonNode resourceOf(String id, String type, String... proxies) throws Exception {
    var event =
        JSON.createObjectNode()
            .put("RequestType", type)
            .put("ResponseURL", cloudFormation.endpoint() + "/answer")
            .put("StackId", "stack")
            .put("RequestId", "request")
            .put("LogicalResourceId", "Certificates")
            .put("PhysicalResourceId", id)
            .put("ResourceType", "Custom::MeshCertificates");
    var identities = event.putObject("ResourceProperties").putArray("Identities");
    for (String name : Stream.concat(Stream.of("control-plane"), Stream.of(proxies)).toList()) {
      identities
          .addObject()
          .put("Parameter", PREFIX + "/" + name)
          .put("Uri", "spiffe://app-mesh/" + name);
    }
    FunctionProcess.Result result = function.invoke(event.toString());
    assertThat(result.error()).isEmpty();
    assertThat(result.log()).doesNotContain("PRIVATE KEY");
    return ANSWERS.get(ANSWERS.size() - 1);
  }

  private static Map<String, Parameter> parameters() {
    Map<String, Parameter> parameters = new HashMap<>();
    ssm
        .getParametersByPathPaginator(
            call -> call.path(PREFIX).recursive(true).withDecryption(true))
        .stream()
        .flatMap(page -> page.parameters().stream())
        .forEach(p -> parameters.put(p.name().substring(PREFIX.length() + 1), p));
    return parameters;
  }

  private static String value(String name) {
    return parameters().get(name).value();
  }

  @Test
  void theControlPlaneAndAnEnvoyKnowEachOtherByWhatItMakes() throws Exception {
    Colors colors = new Colors(moto, List.of("red"));
    colors.register("red", "r1", Map.of("AWS_INSTANCE_IPV4", "127.0.0.1"));
    int gatewayPort = Ports.free();
    colors.deploy(gatewayPort, Map.of("red", Ports.free()));
    String gateway = colors.gatewayId();

    assertThat(resource("Create", gateway).path("Status").asText()).isEqualTo("SUCCESS");
    assertThat(parameters())
        .containsOnlyKeys("authority", "trust-bundle", "control-plane", gateway);
    assertThat(parameters().values())
        .allMatch(parameter -> parameter.type() == ParameterType.SECURE_STRING);
    String before = value(gateway);
    assertThat(function.invoke("{\"source\": \"aws.events\"}").error()).isEmpty();
    assertThat(value(gateway)).as("nothing is old").isEqualTo(before);

    int port = Ports.free();
    Map<String, String> environment =
        new HashMap<>(Moto.environment(moto.endpoint(), Colors.REGION));
    environment.put("CONTROL_PLANE_MESHES", colors.parameter());
    environment.put("CONTROL_PLANE_LISTEN", "127.0.0.1:" + port);
    environment.put("CONTROL_PLANE_ADMIN", "127.0.0.1:0");
    environment.put("CONTROL_PLANE_IDENTITY", "ssm:" + PREFIX + "/control-plane");
    environment.put("CONTROL_PLANE_TRUST_BUNDLE", "ssm:" + PREFIX + "/trust-bundle");
    environment.put(LoopbackService.EGRESS_PORTS, LoopbackService.egressPorts(colors));
    try (ServiceProcess service = new ServiceProcess(environment)) {
      service.awaitReady();
      Process sidecar = sidecar(SidecarBootstrap.of(gateway, port, Ports.free()), value(gateway));
      try {
        Await.until(
            "served",
            () -> status(gatewayPort),
            // Red's instance does not run: the gateway has its route all the same.
            status -> status == 503);
        assertThat(service.get("/proxies").body()).contains(gateway);
      } finally {
        List<ProcessHandle> children = sidecar.descendants().toList();
        sidecar.destroyForcibly().waitFor();
        children.forEach(ProcessHandle::destroyForcibly);
      }
      assertThat(service.said()).noneMatch(line -> line.contains("PRIVATE KEY"));
    }

    // As after an update from another prefix.
    assertThat(resourceOf("/colors/before", "Delete", gateway).path("Status").asText())
        .isEqualTo("SUCCESS");
    assertThat(value(gateway)).isEqualTo(before);
    assertThat(resource("Delete", gateway).path("Status").asText()).isEqualTo("SUCCESS");
    assertThat(parameters()).isEmpty();
  }

  @Test
  void whatCannotBeMadeIsSaidToCloudFormation() throws Exception {
    var event =
        JSON.createObjectNode()
            .put("RequestType", "Create")
            .put("ResponseURL", cloudFormation.endpoint() + "/answer")
            .put("LogicalResourceId", "Certificates");
    event
        .putObject("ResourceProperties")
        .putArray("Identities")
        .addObject()
        .put("Parameter", "/another/place")
        .put("Uri", "spiffe://app-mesh/x");
    assertThat(function.invoke(event.toString()).log()).contains("is not below " + PREFIX);
    JsonNode answer = ANSWERS.get(ANSWERS.size() - 1);
    assertThat(answer.path("Status").asText()).isEqualTo("FAILED");
    assertThat(answer.path("Reason").asText())
        .isEqualTo("The parameter '/another/place' is not below " + PREFIX);
  }

  private Process sidecar(String bootstrap, String identity) throws Exception {
    Files.createSymbolicLink(folder.resolve("envoy"), Path.of(System.getenv("ENVOY")));
    ProcessBuilder builder =
        new ProcessBuilder(
            "bash",
            Command.root()
                .resolve("src/constructs/src/main/resources/colorteller/constructs/envoy/sidecar")
                .toString(),
            "run");
    Map<String, String> environment = builder.environment();
    environment.put("PATH", folder + ":" + environment.get("PATH"));
    environment.put("ENVOY_BOOTSTRAP", bootstrap);
    environment.put("ENVOY_IDENTITY", identity);
    environment.put("ENVOY_TRUST_BUNDLE", value("trust-bundle"));
    return builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
  }

  private static int status(int port) throws Exception {
    return HTTP.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/red".formatted(port))).build(),
            BodyHandlers.ofString())
        .statusCode();
  }
}
