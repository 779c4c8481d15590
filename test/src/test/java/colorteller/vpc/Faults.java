package colorteller.vpc;

import colorteller.account.Account;
import colorteller.deployment.CustomResource;
import colorteller.deployment.Deployment;
import colorteller.deployment.EcsService;
import colorteller.local.Traffic;
import colorteller.meshservice.TestAuthority;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What tests do to a deployment in a VPC, and how what fails meanwhile is counted. */
final class Faults {

  private Faults() {}

  /**
   * When something that carries requests was killed, and when all others knew of it, on the clock
   * of {@link System#nanoTime}.
   */
  record Killed(long at, long known) {

    /** Whatever fails, fails for no good reason. */
    static final Killed NOTHING = new Killed(Long.MIN_VALUE / 2, Long.MIN_VALUE / 2);
  }

  /** How many requests failed in flight on what was killed, until the others knew, and later. */
  record Failures(long inFlight, long untilKnown, long later) {

    static Failures of(List<Traffic.Failed> failed, Killed killed) {
      long inFlight = failed.stream().filter(one -> one.began() < killed.at()).count();
      long later = failed.stream().filter(one -> one.began() >= killed.known()).count();
      return new Failures(inFlight, failed.size() - inFlight - later, later);
    }

    @Override
    public String toString() {
      return "failed in flight on what was killed %d, until the others knew %d, later %d"
          .formatted(inFlight, untilKnown, later);
    }
  }

  /** As ECS does when an essential container has ended: what is left of the task ends. */
  static void kill(VpcNetwork network, EcsTask task) throws Exception {
    task.containers().forEach(container -> container.process().kill());
    task.envoy().ifPresent(network.envoys()::forget);
    network.tasks().ends(task);
    network.tasks().deregisterTarget(task);
    network.tasks().deregisterInstance(task);
    network.vpc().detach(task.network());
  }

  /** And starts another in its place. */
  static EcsTask startAnother(VpcNetwork network, EcsService service) throws Exception {
    EcsTask task = network.startTask(service);
    network.tasks().register(List.of(task));
    return task;
  }

  /**
   * Puts certificates in the place of all that there are, which expire in a few days.
   *
   * @return these, by the names of their parameters
   */
  static Map<String, String> letCertificatesBeOld(Account account, Deployment deployment)
      throws Exception {
    CustomResource certificates = deployment.customResources().get(0);
    TestAuthority authority =
        TestAuthority.of(
            account.parameter(certificates.environment().get("PARAMETERS") + "/authority"));
    Map<String, String> old = new TreeMap<>();
    for (JsonNode identity : certificates.properties().path("Identities")) {
      String name = identity.path("Parameter").asText();
      String pem =
          authority
              .issue(identity.path("Uri").asText(), TestAuthority.keys(), Duration.ofDays(5))
              .pem();
      account.putSecret(name, pem);
      old.put(name, pem);
    }
    return old;
  }
}
