package colorteller.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.account.Account;
import colorteller.account.Functions;
import colorteller.cli.LocalMeshes;
import colorteller.cli.VpcMeshes;
import colorteller.deployment.Deployment;
import colorteller.deployment.EcsService;
import colorteller.deployment.Stacks;
import colorteller.local.EnvoyProcess;
import colorteller.local.Session;
import colorteller.local.Traffic;
import colorteller.mesh.IpFamily;
import colorteller.mesh.report.RouteResult;
import colorteller.mesh.report.Scenario;
import colorteller.mesh.template.MeshPointer;
import colorteller.meshservice.Await;
import colorteller.synthesis.Assembly;
import colorteller.vpc.Faults.Failures;
import colorteller.vpc.Faults.Killed;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The stacks of {@code backend=envoy} in a VPC on this machine: control plane, certificates and
 * Envoys as they are deployed, and AWS's APIs over HTTP.
 */
@ExtendWith(NeedsNamespaces.class)
class OwnEnvoysTest {

  private static final int PER_SECOND = 50;

  private static final Path OPEN = Path.of("test/src/test/resources/vpc/open-own-envoys.txt");

  /**
   * Stages of the variant {@code cloud} are in {@link OwnEnvoysFaultsTest}, all of both in {@link
   * VpcTest} with {@code -Pproof}.
   */
  @Test
  void stagesAreAsExpectedAndNothingMoreIsOpen() throws Exception {
    Scenario first = LocalMeshes.stage("dns", "custom");
    Assembly assembly = VpcMeshes.ownEnvoys(first);
    letSidecarsEndSoon(assembly);
    Functions functions = VpcMeshes.functions();
    Account account = new Account(VpcMeshes.moto(), functions);
    try (VpcNetwork network = VpcMeshes.network(assembly, account);
        Session session = new Session(network, first)) {
      for (String stage : List.of("none", "v6_only")) {
        assertThat(session.switchTo(LocalMeshes.stage("dns", stage)).routes())
            .hasSize(6)
            .allMatch(RouteResult::matches);
        session.supervise();
      }
      openIsWhatTheTemplatesSay(network, assembly);
      network.checkHealthAsOnAws(true);
      try (Traffic traffic = traffic(session, "/")) {
        renewCertificates(account, functions, Stacks.read(assembly.templates()));
        replaceATask(network, session);
        Traffic.Result result = traffic.result();
        assertThat(result.requests()).isPositive();
        assertThat(result.failures()).isEmpty();
      }
      noRequestFailsOnceAnotherTaskIsKnown(network, session);
    }
  }

  /**
   * Health does not go through ECS here: a gateway looks a name up every 5 s, and no more is
   * needed.
   */
  private static void letSidecarsEndSoon(Assembly assembly) {
    for (JsonNode stack : assembly.templates().values()) {
      for (JsonNode variable : stack.findParents("Name")) {
        if (variable.path("Name").asText().equals("SIDECAR_LET_GO_SECONDS")) {
          ((ObjectNode) variable).put("Value", "7");
        }
      }
    }
  }

  /** As the schedule does, once they are old. */
  private static void renewCertificates(Account account, Functions functions, Deployment deployment)
      throws Exception {
    Map<String, String> old = Faults.letCertificatesBeOld(account, deployment);
    functions.wake("mesh-certificates");
    assertThat(old).isNotEmpty();
    old.forEach((name, pem) -> assertThat(account.parameter(name)).isNotEqualTo(pem));
  }

  /** {@link OwnEnvoysFaultsTest} does it 50 times, with two tasks and the time that they have. */
  private static void replaceATask(VpcNetwork network, Session session) throws Exception {
    new Rollout(network, session::refresh, step -> {}).of(blue(network), Restart.Deregister.LAST);
    assertThat(network.namespaces())
        .containsKey("colorteller-blue-2")
        .doesNotContainKey("colorteller-blue-1");
  }

  /** All tasks of a node are killed: nobody is left to answer. */
  private static void noRequestFailsOnceAnotherTaskIsKnown(VpcNetwork network, Session session)
      throws Exception {
    EcsTask killed = task(network, "colorteller-blue-vn");
    EnvoyProcess gateway = task(network, "colorgateway-vg").envoy().orElseThrow();
    try (Traffic traffic = traffic(session, "/blue")) {
      long at = System.nanoTime();
      Faults.kill(network, killed);
      EcsTask another = Faults.startAnother(network, blue(network));
      Await.until(
          "the gateway knows the other task",
          () -> upstreams(gateway),
          hosts -> has(hosts, another) && !has(hosts, killed));
      Killed known = new Killed(at, System.nanoTime());
      int made = traffic.made();
      Await.until("requests", traffic::made, now -> now >= made + 2 * PER_SECOND);
      Traffic.Result result = traffic.result();
      Failures failures = Failures.of(result.failed(), known);
      System.out.printf(
          "all tasks of a node killed: %d requests; %s%n", result.requests(), failures);
      assertThat(failures.later()).as(result.failures().toString()).isZero();
    }
  }

  private static Traffic traffic(Session session, String prefix) {
    return new Traffic(
        session.local(),
        session.local().mesh().requests().stream()
            .filter(request -> request.path().startsWith(prefix))
            .toList(),
        PER_SECOND);
  }

  private static EcsService blue(VpcNetwork network) {
    return Objects.requireNonNull(network.services().get("colorteller-blue"));
  }

  private static EcsTask task(VpcNetwork network, String proxy) {
    return network.tasks().running().stream()
        .filter(task -> task.isProxy(proxy))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> upstreams(EnvoyProcess envoy) {
    return envoy.upstreams().values().stream().flatMap(List::stream).toList();
  }

  /** In a stage of IPv6. */
  private static boolean has(List<String> hosts, EcsTask task) {
    String address = task.network().address(IpFamily.IPV6).orElseThrow();
    return hosts.stream().anyMatch(host -> host.startsWith("[" + address + "]:"));
  }

  /** Nobody but an Envoy reaches the control plane, and nobody but the bastion its admin port. */
  private static void openIsWhatTheTemplatesSay(VpcNetwork network, Assembly assembly)
      throws Exception {
    PortScan scan = new PortScan(network.vpc(), Stacks.read(assembly.templates()));
    String observed = scan.observed();
    if (Boolean.getBoolean("update-golden")) {
      Files.writeString(OPEN, observed);
    }
    assertThat(observed).isEqualTo(Files.readString(OPEN)).isEqualTo(scan.expected());
  }

  /** What a stage is switched by is what its deployment would put in place of the one before. */
  @ParameterizedTest
  @ValueSource(strings = {"dns", "cloud"})
  void aStageIsADocument(String variant) {
    Assembly assembly = VpcMeshes.ownEnvoys(LocalMeshes.stage(variant, "custom"));
    Map.Entry<String, String> pointer =
        Stacks.read(assembly.templates()).parameters().entrySet().stream()
            .filter(parameter -> parameter.getKey().contains(variant))
            .findFirst()
            .orElseThrow();
    MeshPointer points = MeshPointer.parse(pointer.getKey(), pointer.getValue());
    StageDocument document = new StageDocument(assembly.documents().get(points.key()));
    List<Scenario> scenarios = LocalMeshes.of(variant);
    assertThat(scenarios).hasSize(7);
    for (Scenario stage : scenarios) {
      assertThat(points.mesh(document.withPreferencesOf(stage.mesh()).text()))
          .as(stage.stage().orElseThrow())
          .isEqualTo(stage.mesh());
    }
  }
}
