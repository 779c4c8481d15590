package colorteller.local;

import colorteller.controlplane.Names;
import colorteller.mesh.HealthCheck;
import colorteller.mesh.ProxyId;
import colorteller.mesh.RouteTable.Target;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Reads from Envoys which nodes they count as healthy: the walkthrough's {@code curl …:9901/stats |
 * grep health_check.healthy}. The statistic follows a change only after as many checks in a row as
 * the thresholds ask, so it is read after that many checks have been completed.
 */
final class HealthStatistics {

  private static final Duration SLACK = Duration.ofSeconds(5);

  private final LocalMesh local;
  private final Map<ProxyId, Map<EnvoyProcess, Map<String, Long>>> before = new LinkedHashMap<>();

  /**
   * Begins to count checks now.
   *
   * @param senders the proxies whose Envoys are asked
   */
  HealthStatistics(LocalMesh local, Set<ProxyId> senders) {
    this.local = local;
    for (ProxyId sender : senders) {
      Map<EnvoyProcess, Map<String, Long>> counts = new LinkedHashMap<>();
      local.network().envoys().of(sender).forEach(envoy -> counts.put(envoy, statistics(envoy)));
      before.put(sender, counts);
    }
  }

  /**
   * Waits until enough checks have been completed since the beginning; empty for a listener without
   * a health check, which has no statistic, and with one of TCP, which tells of the node's Envoy
   * and not of the application.
   */
  Optional<Boolean> healthy(ProxyId sender, Target target) {
    return target
        .listener()
        .healthCheck()
        .filter(check -> check.protocol().hasRequests())
        .map(
            check ->
                Objects.requireNonNull(before.get(sender)).entrySet().stream()
                    .allMatch(envoy -> isHealthy(envoy.getKey(), target, check, envoy.getValue())));
  }

  private boolean isHealthy(
      EnvoyProcess envoy, Target target, HealthCheck check, Map<String, Long> before) {
    String cluster =
        "cluster.%s."
            .formatted(
                Names.egressCluster(
                    local.mesh(),
                    target.node().name(),
                    target.listener().protocol(),
                    target.listener().port()));
    int rounds = Math.max(check.healthyThreshold(), check.unhealthyThreshold());
    Duration limit =
        check
            .timeout()
            .plus(local.network().placement().healthCheckInterval(check))
            .multipliedBy(rounds)
            .plus(SLACK);
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Map<String, Long> now = statistics(envoy);
      long hosts = value(now, cluster + "membership_total");
      if (hosts == 0) {
        return false;
      }
      if (completed(now, cluster) - completed(before, cluster) >= rounds * hosts) {
        return value(now, cluster + "health_check.healthy") > 0;
      }
      if (System.nanoTime() > deadline) {
        throw new MeshFailure(
            "The Envoy of %s completed fewer than %d health checks of %s in %d s."
                .formatted(
                    envoy.proxy().name(), rounds * hosts, target.node().name(), limit.toSeconds()));
      }
      Pause.briefly();
    }
  }

  private static long completed(Map<String, Long> statistics, String cluster) {
    return value(statistics, cluster + "health_check.success")
        + value(statistics, cluster + "health_check.failure");
  }

  private static long value(Map<String, Long> statistics, String name) {
    return Objects.requireNonNullElse(statistics.get(name), 0L);
  }

  private Map<String, Long> statistics(EnvoyProcess envoy) {
    return envoy.statistics(
        "^cluster\\..*\\.(membership_total|health_check\\.(healthy|success|failure))$");
  }
}
