package colorteller.local;

import colorteller.controlplane.Names;
import colorteller.mesh.HealthCheck;
import colorteller.mesh.Listener;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads from a gateway's Envoy which nodes it counts as healthy: the walkthrough's {@code curl
 * …:9901/stats | grep health_check.healthy}. The statistic follows a change only after as many
 * checks in a row as the thresholds ask, so it is read after that many checks have been completed.
 */
final class HealthStatistics {

  private static final Duration SLACK = Duration.ofSeconds(5);

  private final LocalMesh local;
  private final Map<VirtualGateway, Map<EnvoyProcess, Map<String, Long>>> before =
      new LinkedHashMap<>();

  /** Begins to count checks now. */
  HealthStatistics(LocalMesh local) {
    this.local = local;
    for (VirtualGateway gateway : local.mesh().gateways().values()) {
      Map<EnvoyProcess, Map<String, Long>> counts = new LinkedHashMap<>();
      local
          .network()
          .envoys()
          .of(local.proxy(gateway))
          .forEach(envoy -> counts.put(envoy, statistics(envoy)));
      before.put(gateway, counts);
    }
  }

  /** Waits until enough checks have been completed since the beginning. */
  Map<VirtualGateway, Map<VirtualNode, Boolean>> read() {
    Map<VirtualGateway, Map<VirtualNode, Boolean>> result = new LinkedHashMap<>();
    before.forEach(
        (gateway, counts) -> {
          Map<VirtualNode, Boolean> nodes = new LinkedHashMap<>();
          for (VirtualNode node : checkedNodes(gateway)) {
            nodes.put(
                node,
                counts.entrySet().stream()
                    .allMatch(envoy -> isHealthy(envoy.getKey(), node, envoy.getValue())));
          }
          result.put(gateway, nodes);
        });
    return result;
  }

  /** The nodes that the gateway checks; a node without a health check has no statistic. */
  private List<VirtualNode> checkedNodes(VirtualGateway gateway) {
    return local.mesh().requests().stream()
        .filter(request -> request.gateway().equals(gateway))
        .flatMap(request -> request.node().stream())
        .filter(node -> node.listener().flatMap(Listener::healthCheck).isPresent())
        .distinct()
        .toList();
  }

  private boolean isHealthy(EnvoyProcess envoy, VirtualNode node, Map<String, Long> before) {
    HealthCheck check = node.listener().flatMap(Listener::healthCheck).orElseThrow();
    String cluster = "cluster." + Names.egressCluster(local.mesh(), node) + ".";
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
                .formatted(envoy.proxy().name(), rounds * hosts, node.name(), limit.toSeconds()));
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
