package colorteller.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.GatewayRoute;
import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.RouteMatch;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualService;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.appmesh.model.AppMeshException;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.ContainerDefinition;
import software.amazon.awssdk.services.ecs.model.DescribeTaskDefinitionRequest;
import software.amazon.awssdk.services.ecs.model.DescribeTaskDefinitionResponse;
import software.amazon.awssdk.services.ecs.model.DescribeTasksRequest;
import software.amazon.awssdk.services.ecs.model.DescribeTasksResponse;
import software.amazon.awssdk.services.ecs.model.HealthStatus;
import software.amazon.awssdk.services.ecs.model.KeyValuePair;
import software.amazon.awssdk.services.ecs.model.Task;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRequest;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;

/** When a stage counts as settled, and what there must be before anything is observed. */
class VerificationTest {

  private static final Map<String, String> INSTANCE =
      Map.of("ECS_CLUSTER_NAME", "colors", "AWS_INSTANCE_IPV4", "10.0.0.7");
  private static final Map<String, String> ENVOY =
      Map.of("APPMESH_RESOURCE_ARN", "mesh/m/virtualNode/red-vn");
  private static final Map<String, String> APPLICATION =
      Map.of("COLOR", "red", "IP_FAMILY", "ipv4");

  private final List<HttpInstanceSummary> instances =
      new ArrayList<>(List.of(instance("t1", INSTANCE)));
  private final Map<String, List<Map<String, String>>> taskDefinitions =
      new HashMap<>(Map.of("t1", List.of(ENVOY, APPLICATION)));
  private Mesh mesh = mesh(IpPreference.IPV4_ONLY);
  private HttpServer server;
  private int asked;
  private IntFunction<String> answers = round -> "red";
  private int status = 200;
  private String by = "envoy";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          // Two requests a round.
          byte[] body = answers.apply(asked++ / 2).getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Server", by);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void comparesWhatWasTheSameInEnoughRounds() throws Exception {
    Verification.Result result = verify(4);
    assertThat(result.holds()).isTrue();
    assertThat(result.run().orElseThrow().rounds()).hasValue(4);
    assertThat(asked).isEqualTo(8);
  }

  /** What an Envoy answers at first is the stage before: the API knows the new one earlier. */
  @Test
  void outlastsALateSwitch() throws Exception {
    answers = round -> round < 3 ? "before" : "red";
    assertThat(verify(4).holds()).isTrue();
    assertThat(asked).isEqualTo(2 * (3 + 4));
  }

  @Test
  void saysWhatIsWrongOnceItHasSettled() throws Exception {
    answers = round -> "blue";
    Verification.Result result = verify(2);
    assertThat(result.failure()).isEmpty();
    assertThat(result.differences())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("/red via IPv4: observed blue, expected red. red-vn has IPv4_ONLY");
  }

  @Test
  void saysHowFarItCame() throws Exception {
    assertThat(unsettled(new Rounds(1_000_000, Duration.ZERO, Duration.ofSeconds(3))))
        .contains("only ", " rounds of 1000000 gave the same");
    answers = round -> "answer " + round;
    assertThat(unsettled(new Rounds(2, Duration.ZERO, Duration.ofSeconds(3))))
        .endsWith("the answers changed");
  }

  @Test
  void anErrorOfTheLoadBalancerIsNeverTheExpectedOne() throws Exception {
    mesh = mesh(IpPreference.IPV6_ONLY);
    status = 503;
    answers = round -> "no healthy upstream";
    // Red has no IPv6 address.
    assertThat(verify(2).holds()).isTrue();
    for (String server : List.of("awselb/2.0", "nginx", "Envoy")) {
      by = server;
      assertThat(unsettled())
          .contains("/red: 503 did not come from an Envoy (server: %s)".formatted(server));
    }
    for (int code : List.of(502, 504)) {
      status = code;
      by = "awselb/2.0";
      assertThat(unsettled()).contains("%d did not come from an Envoy".formatted(code));
    }
  }

  /** Only a refused connection is what the walkthrough expects. */
  @Test
  void anotherFailureOfAnEnvoyIsNotTheExpectedOne() throws Exception {
    taskDefinitions.put("t1", List.of(ENVOY, Map.of("COLOR", "red", "IP_FAMILY", "ipv6")));
    status = 503;
    for (String reason :
        List.of(
            "remote connection failure",
            "connection failure, transport failure reason: delayed connect error: 111")) {
      answers = round -> refusal(reason);
      assertThat(verify(2).holds()).as(reason).isTrue();
    }
    for (String reason : List.of("connection timeout", "overflow", "connection termination")) {
      answers = round -> refusal(reason);
      assertThat(unsettled()).contains("/red: an Envoy answered 503: upstream connect error");
    }
  }

  private static String refusal(String reason) {
    return "upstream connect error or disconnect/reset before headers. reset reason: " + reason;
  }

  @Test
  void anAnswerThatDoesNotEndEndsWithTheLimit() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    answers =
        round -> {
          try {
            done.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return "";
        };
    try {
      assertThat(unsettled(new Rounds(1, Duration.ZERO, Duration.ofSeconds(1))))
          .endsWith("within 1 s: a round did not end");
    } finally {
      done.countDown();
    }
  }

  /** Where the gateway does not listen, an Envoy that answers all the same is wrong. */
  @Test
  void withoutAPreferenceOnlyAnEnvoysAnswerCountsAtIpv6() throws Exception {
    mesh = mesh(IpPreference.NONE);
    assertThat(verify(2).differences())
        .singleElement()
        .asString()
        .startsWith("/red via IPv6: observed red, expected listener.");
  }

  @Test
  void waitsForTasks() throws Exception {
    instances.clear();
    assertThat(unsettled()).endsWith("Cloud Map knows no instance of red-vn");
    instances.add(instance("t1", Map.of("ECS_CLUSTER_NAME", "colors")));
    assertThat(unsettled()).endsWith("Cloud Map's instance t1 of red-vn has no address");
    instances.set(0, instance("t1", INSTANCE));
    instances.add(instance("t2", INSTANCE));
    taskDefinitions.put("t2", List.of(ENVOY, Map.of("COLOR", "red", "IP_FAMILY", "dual")));
    assertThat(unsettled()).endsWith("the tasks of red-vn differ: a deployment has not ended");
    instances.set(1, instance("t3", INSTANCE));
    assertThat(unsettled()).endsWith("the task t3 of red-vn is not running and healthy");
  }

  @Test
  void whatNoWaitingMendsIsSaidAtOnce() {
    instances.set(0, instance("t1", Map.of("AWS_INSTANCE_IPV4", "10.0.0.7")));
    assertThatThrownBy(() -> verify(1))
        .isInstanceOf(VerificationException.class)
        .hasMessage("Cloud Map's instance t1 of red-vn was not registered by ECS");
    instances.set(0, instance("t1", INSTANCE));
    taskDefinitions.put("t1", List.of(APPLICATION));
    assertThatThrownBy(() -> verify(1))
        .hasMessageStartingWith(
            "the task that Cloud Map gives for red-vn has no Envoy of mesh/m/virtualNode/red-vn");
    taskDefinitions.put("t1", List.of(ENVOY));
    assertThatThrownBy(() -> verify(1))
        .hasMessage("no container in the task of red-vn sets IP_FAMILY");
    mesh = withGateways(Map.of());
    assertThatThrownBy(() -> verify(1))
        .hasMessage("mesh 'm' has 0 virtual gateways; the load balancer leads to one");
  }

  @Test
  void goesOnAfterAFailureThatMayPass() throws Exception {
    int[] calls = {0};
    Verification.Result result =
        verification(
                () -> {
                  if (calls[0]++ < 2) {
                    throw refused(calls[0] == 1 ? 429 : 503, "TooManyRequestsException");
                  }
                  return mesh;
                })
            .verify(new Rounds(2, Duration.ZERO, Duration.ofSeconds(30)));
    assertThat(result.holds()).isTrue();
    assertThatThrownBy(
            () ->
                verification(
                        () -> {
                          throw refused(403, "AccessDeniedException");
                        })
                    .verify(new Rounds(2, Duration.ZERO, Duration.ofSeconds(30))))
        .isInstanceOf(AppMeshException.class);
  }

  private static RuntimeException refused(int status, String code) {
    return AppMeshException.builder()
        .statusCode(status)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("no").build())
        .build();
  }

  private String unsettled() throws InterruptedException {
    // There is no time for a second round.
    return unsettled(new Rounds(1, Duration.ofSeconds(60), Duration.ofSeconds(30)));
  }

  private String unsettled(Rounds rounds) throws InterruptedException {
    Verification.Result result = verification(() -> mesh).verify(rounds);
    assertThat(result.holds()).isFalse();
    return result.failure().orElseThrow();
  }

  private Verification.Result verify(int same) throws InterruptedException {
    return verification(() -> mesh).verify(new Rounds(same, Duration.ZERO, Duration.ofSeconds(30)));
  }

  private Verification verification(MeshSource source) {
    URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new Verification(
        "dns",
        source,
        new RunningWorkloads(cloudMap(), ecs()),
        new Probe(Map.of(IpFamily.IPV4, endpoint, IpFamily.IPV6, endpoint)));
  }

  private static Mesh mesh(IpPreference preference) {
    return new Mesh(
        "m",
        preference,
        false,
        Map.of(
            "g",
            VirtualGateway.of(
                "g",
                Listener.of(9080, Protocol.HTTP),
                List.of(GatewayRoute.of("r", RouteMatch.prefix("/red"), "red")))),
        Map.of(
            "red",
            new VirtualService("red", Optional.of(new VirtualService.Provider.Node("red-vn")))),
        Map.of(),
        Map.of(
            "red-vn",
            VirtualNode.of(
                "red-vn",
                IpPreference.NONE,
                Optional.of(Listener.of(9080, Protocol.HTTP)),
                Optional.of(new ServiceDiscovery.Dns("red.local")))));
  }

  private Mesh withGateways(Map<String, VirtualGateway> gateways) {
    return new Mesh(
        mesh.name(),
        mesh.preference(),
        false,
        gateways,
        mesh.services(),
        mesh.routers(),
        mesh.nodes());
  }

  private static HttpInstanceSummary instance(String id, Map<String, String> attributes) {
    return HttpInstanceSummary.builder().instanceId(id).attributes(attributes).build();
  }

  private ServiceDiscoveryClient cloudMap() {
    return new ServiceDiscoveryClient() {
      @Override
      public DiscoverInstancesResponse discoverInstances(DiscoverInstancesRequest request) {
        assertThat(request.serviceName() + " in " + request.namespaceName())
            .isEqualTo("red in local");
        return DiscoverInstancesResponse.builder().instances(instances).build();
      }

      @Override
      public String serviceName() {
        return SERVICE_NAME;
      }

      @Override
      public void close() {}
    };
  }

  /** Tasks t1 and t2 run and are well. */
  private EcsClient ecs() {
    return new EcsClient() {
      @Override
      public DescribeTasksResponse describeTasks(DescribeTasksRequest request) {
        return DescribeTasksResponse.builder()
            .tasks(
                request.tasks().stream()
                    .map(
                        id ->
                            Task.builder()
                                .taskDefinitionArn(id)
                                .lastStatus("RUNNING")
                                .healthStatus(
                                    id.equals("t3") ? HealthStatus.UNHEALTHY : HealthStatus.HEALTHY)
                                .build())
                    .toList())
            .build();
      }

      @Override
      public DescribeTaskDefinitionResponse describeTaskDefinition(
          DescribeTaskDefinitionRequest request) {
        List<ContainerDefinition> containers =
            taskDefinitions.getOrDefault(request.taskDefinition(), List.of()).stream()
                .map(
                    environment ->
                        ContainerDefinition.builder()
                            .environment(
                                environment.entrySet().stream()
                                    .map(
                                        e ->
                                            KeyValuePair.builder()
                                                .name(e.getKey())
                                                .value(e.getValue())
                                                .build())
                                    .toList())
                            .build())
                .toList();
        return DescribeTaskDefinitionResponse.builder()
            .taskDefinition(d -> d.containerDefinitions(containers))
            .build();
      }

      @Override
      public String serviceName() {
        return SERVICE_NAME;
      }

      @Override
      public void close() {}
    };
  }
}
