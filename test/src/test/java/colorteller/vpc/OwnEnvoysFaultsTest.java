package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import colorteller.account.Account;
import colorteller.account.Functions;
import colorteller.account.Moto;
import colorteller.cli.LocalMeshes;
import colorteller.cli.VpcMeshes;
import colorteller.deployment.CloudMapService;
import colorteller.deployment.Deployment;
import colorteller.deployment.EcsService;
import colorteller.deployment.Stacks;
import colorteller.local.EnvoyProcess;
import colorteller.local.Session;
import colorteller.local.Traffic;
import colorteller.mesh.IpFamily;
import colorteller.mesh.report.RouteResult;
import colorteller.mesh.report.Scenario;
import colorteller.meshservice.AwsFront;
import colorteller.synthesis.Assembly;
import colorteller.vpc.Faults.Failures;
import colorteller.vpc.Faults.Killed;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What fails in the stacks of {@code backend=envoy} while requests are made, with two tasks for
 * each node and the gateway: in the stages of each variant, one after the other, with 20,000
 * requests for each fault. What failed is counted apart: in flight on what was killed, until the
 * others knew, later.
 *
 * <p>It takes too long for every build. There, each fault has a short run: a task's replacement
 * after the renewal of certificates and all tasks of a node killed in {@link OwnEnvoysTest}, and
 * the others in MeshServiceTest, with one Envoy: the control plane killed, one of two and all, a
 * broken document, AWS in a bad way, Cloud Map answering with nothing, instances that come and go,
 * an instance that is dead.
 */
@EnabledIfSystemProperty(named = "proof", matches = "true")
@ExtendWith(NeedsNamespaces.class)
@ParameterizedClass
@ValueSource(strings = {"cloud", "dns"})
class OwnEnvoysFaultsTest {

  private static final int REQUESTS = 20_000;
  private static final int PER_SECOND = 200;

  /** How long something is away. */
  private static final Duration AWAY = Duration.ofSeconds(30);

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** From one health check of the templates to the next, and its time-out. */
  private static final Duration HEALTH_CHECK = Duration.ofSeconds(7);

  private static final int INSTANCES = 200;
  private static final int REPLACED = 50;

  /** In each of them, some requests are answered. */
  private static final List<String> STAGES = new ArrayList<>(List.of("custom", "none", "override"));

  @Parameter String variant;

  private static Scenario custom;
  private static AwsFront front;
  private static Functions functions;
  private static Account account;
  private static Deployment deployment;
  private static VpcNetwork network;
  private static Session session;
  private static long failedBeforeKnown;

  @BeforeParameterizedClassInvocation
  static void start(String variant) throws Exception {
    custom = LocalMeshes.stage(variant, "custom");
    Assembly assembly = VpcMeshes.ownEnvoys(custom);
    for (JsonNode stack : assembly.templates().values()) {
      for (JsonNode resource : stack.path("Resources")) {
        if (resource.path("Type").asText().equals("AWS::ECS::Service")) {
          ((ObjectNode) resource.path("Properties")).put("DesiredCount", 2);
        }
      }
    }
    deployment = Stacks.read(assembly.templates());
    Moto moto = VpcMeshes.moto();
    front = new AwsFront(moto.endpoint());
    functions = VpcMeshes.functions();
    account = new Account(moto, front.endpoint(), functions);
    network = VpcMeshes.network(assembly, account);
    session = new Session(network, custom);
    session.switchTo(custom);
    network.checkHealthAsOnAws(true);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (session != null) {
      session.close();
    }
    if (front != null) {
      front.close();
    }
  }

  /** Whatever happened, the mesh takes another stage, and is as it should be. */
  @AfterEach
  void converges() throws Exception {
    front.be(AwsFront.Fault.NONE);
    network.checkHealthAsOnAws(false);
    Collections.rotate(STAGES, 1);
    assertThat(session.switchTo(LocalMeshes.stage(variant, STAGES.get(0))).routes())
        .hasSize(6)
        .allMatch(RouteResult::matches);
    network.checkHealthAsOnAws(true);
    session.supervise();
  }

  /** Requests without a pause, while something happens and after it. */
  private Killed whileRequestsAreMade(String what, Callable<Killed> fault) throws Exception {
    try (Traffic traffic = new Traffic(session.local(), custom.requests(), PER_SECOND)) {
      await("requests", () -> traffic.made() >= REQUESTS / 10);
      Killed killed = fault.call();
      int after = traffic.made() + REQUESTS / 10;
      await("requests", () -> traffic.made() >= Math.max(after, REQUESTS));
      Traffic.Result result = traffic.result();
      Failures failures = Failures.of(result.failed(), killed);
      System.out.printf("%s, %s: %d requests; %s%n", variant, what, result.requests(), failures);
      assertThat(result.requests()).isGreaterThanOrEqualTo(REQUESTS);
      assertThat(failures.later()).as(result.failures().toString()).isZero();
      failedBeforeKnown = failures.inFlight() + failures.untilKnown();
      return killed;
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos() + TimeUnit.SECONDS.toNanos(REQUESTS / 100);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static EcsService controlPlane() {
    return network.controlPlaneTasks().get(0).service();
  }

  @Test
  void oneTaskOfTheControlPlaneIsKilled() throws Exception {
    EcsService service = controlPlane();
    whileRequestsAreMade(
        "a task of the control plane killed",
        () -> {
          Faults.kill(network, network.controlPlaneTasks().get(0));
          Faults.startAnother(network, service);
          session.refresh();
          return Killed.NOTHING;
        });
  }

  @Test
  void bothTasksOfTheControlPlaneAreKilled() throws Exception {
    EcsService service = controlPlane();
    whileRequestsAreMade(
        "both tasks of the control plane killed, and back after %d s".formatted(AWAY.toSeconds()),
        () -> {
          for (EcsTask task : network.controlPlaneTasks()) {
            Faults.kill(network, task);
          }
          Thread.sleep(AWAY.toMillis());
          Faults.startAnother(network, service);
          Faults.startAnother(network, service);
          session.refresh();
          return Killed.NOTHING;
        });
  }

  @Test
  void aBrokenDocumentChangesNothing() throws Exception {
    String parameter =
        deployment.parameters().keySet().stream()
            .filter(name -> name.contains(variant))
            .findFirst()
            .orElseThrow();
    String good = account.parameter(parameter);
    whileRequestsAreMade(
        "a broken document",
        () -> {
          account.putObject("broken", "mesh.json", "{\"Resources\": {}}");
          account.putParameter(parameter, "{\"template\": \"s3://broken/mesh.json\"}");
          EcsTask task = network.controlPlaneTasks().get(0);
          await(
              "a fault of the source",
              () ->
                  network
                      .askControlPlane(task, "/metrics")
                      .matches("(?s).*control_plane_faulty_sources [1-9].*"));
          Thread.sleep(AWAY.toMillis());
          account.putParameter(parameter, good);
          return Killed.NOTHING;
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = AwsFront.Fault.class,
      names = {"AWAY", "THROTTLING", "EMPTY"})
  void awsIsInABadWay(AwsFront.Fault fault) throws Exception {
    assumeThat(fault == AwsFront.Fault.EMPTY && variant.equals("dns"))
        .as("in the variant dns nobody asks Cloud Map's API")
        .isFalse();
    whileRequestsAreMade(
        "AWS: %s for %d s".formatted(fault, AWAY.toSeconds()),
        () -> {
          front.be(fault);
          await("the fault is met", () -> front.faults() > 0);
          Thread.sleep(AWAY.toMillis());
          front.be(AwsFront.Fault.NONE);
          return Killed.NOTHING;
        });
  }

  /** Under which others find the tasks of a node as well. */
  @Test
  void manyInstancesComeAndGo() throws Exception {
    assumeThat(variant).as("in the variant dns nobody asks Cloud Map's API").isEqualTo("cloud");
    EcsTask task = red();
    CloudMapService service = task.service().registry().orElseThrow();
    Map<IpFamily, String> addresses = task.network().addresses();
    String before = version();
    whileRequestsAreMade(
        INSTANCES + " instances registered and deregistered",
        () -> {
          for (int number = 0; number < INSTANCES; number++) {
            account.register(service, "more-" + number, addresses);
          }
          await("the control plane has told of them", () -> !version().equals(before));
          for (int number = 0; number < INSTANCES; number++) {
            account.deregister(service, "more-" + number);
          }
          await("and that they have gone", () -> version().equals(before));
          return Killed.NOTHING;
        });
  }

  /** Of what the gateways are to hold. */
  private String version() throws Exception {
    for (JsonNode proxy :
        new ObjectMapper()
            .readTree(network.askControlPlane(network.controlPlaneTasks().get(0), "/proxies"))
            .path("proxies")) {
      if (proxy
          .path("proxy")
          .asText()
          .endsWith("-%s-mesh/virtualGateway/colorgateway-vg".formatted(variant))) {
        return proxy.path("version").asText();
      }
    }
    throw new AssertionError("no gateway");
  }

  private static EcsTask red() {
    return network.tasks().running().stream()
        .filter(task -> task.isProxy("colorteller-red-vn"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anEnvoyIsKilled() throws Exception {
    EcsTask red = red();
    EcsService service = red.service();
    whileRequestsAreMade(
        "an Envoy killed",
        () -> {
          long at = System.nanoTime();
          Faults.kill(network, red);
          String address = red.network().address(IpFamily.IPV4).orElseThrow();
          await("the gateways know", () -> gateways().stream().noneMatch(g -> knows(g, address)));
          long known = System.nanoTime();
          Faults.startAnother(network, service);
          session.refresh();
          return new Killed(at, known);
        });
  }

  /** Where nobody is left to answer, requests fail, and are counted. */
  @Test
  void bothTasksOfANodeAreKilled() throws Exception {
    EcsService service = red().service();
    Killed killed =
        whileRequestsAreMade(
            "both tasks of a node killed",
            () -> {
              long at = System.nanoTime();
              Faults.kill(network, red());
              Faults.kill(network, red());
              Faults.startAnother(network, service);
              Faults.startAnother(network, service);
              session.refresh();
              // By then, every gateway has looked at the new tasks once.
              Thread.sleep(HEALTH_CHECK.toMillis());
              return new Killed(at, System.nanoTime());
            });
    assertThat(killed.known()).isGreaterThan(killed.at());
    assertThat(failedBeforeKnown).isPositive();
  }

  private static List<EnvoyProcess> gateways() {
    return network.tasks().running().stream()
        .filter(task -> task.isProxy("colorgateway-vg"))
        .flatMap(task -> task.envoy().stream())
        .toList();
  }

  private static boolean knows(EnvoyProcess gateway, String address) {
    return gateway.upstreams().values().stream()
        .flatMap(List::stream)
        .anyMatch(host -> host.startsWith(address + ":"));
  }

  /** The function renews what it finds to be old; then each service is deployed anew. */
  @Test
  void certificatesAreRenewedAndServicesRolled() throws Exception {
    whileRequestsAreMade(
        "certificates renewed and services rolled",
        () -> {
          Map<String, String> old = Faults.letCertificatesBeOld(account, deployment);
          functions.wake("mesh-certificates");
          old.forEach((name, pem) -> assertThat(account.parameter(name)).isNotEqualTo(pem));
          Rollout rollout = new Rollout(network, session::refresh, step -> {});
          for (EcsService service : network.services().values()) {
            rollout.of(service, Restart.Deregister.LAST);
          }
          return Killed.NOTHING;
        });
  }

  @Test
  void aNodesTasksAreReplaced() throws Exception {
    whileRequestsAreMade(
        "a node's tasks replaced %d times".formatted(REPLACED),
        () -> {
          Rollout rollout = new Rollout(network, session::refresh, step -> {});
          for (int replaced = 0; replaced < REPLACED; replaced += 2) {
            rollout.of(red().service(), Restart.Deregister.LAST);
          }
          return Killed.NOTHING;
        });
  }
}
