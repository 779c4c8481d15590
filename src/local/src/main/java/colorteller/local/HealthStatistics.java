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
  private final Map<VirtualGateway, Map<String, Long>> before = new LinkedHashMap<>();

  /** Begins to count checks now. */
  HealthStatistics(LocalMesh local) {
    this.local = local;
    local.mesh().gateways().values().forEach(g -> before.put(g, statistics(g)));
  }

  /** Waits until enough checks have been completed since the beginning. */
  Map<VirtualGateway, Map<VirtualNode, Boolean>> read() {
    Map<VirtualGateway, Map<VirtualNode, Boolean>> result = new LinkedHashMap<>();
    before.forEach(
        (gateway, counts) -> {
          Map<VirtualNode, Boolean> nodes = new LinkedHashMap<>();
          for (VirtualNode node : checkedNodes(gateway)) {
            nodes.put(node, isHealthy(gateway, node, counts));
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

  private boolean isHealthy(VirtualGateway gateway, VirtualNode node, Map<String, Long> before) {
    HealthCheck check = node.listener().flatMap(Listener::healthCheck).orElseThrow();
    String cluster = "cluster." + Names.egressCluster(local.mesh(), node) + ".";
    int rounds = Math.max(check.healthyThreshold(), check.unhealthyThreshold());
    Duration limit =
        check.timeout().plus(Loopback.HEALTH_CHECK_INTERVAL).multipliedBy(rounds).plus(SLACK);
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Map<String, Long> now = statistics(gateway);
      if (value(now, cluster + "membership_total") == 0) {
        return false;
      }
      if (completed(now, cluster) - completed(before, cluster) >= rounds) {
        return value(now, cluster + "health_check.healthy") > 0;
      }
      if (System.nanoTime() > deadline) {
        throw new MeshFailure(
            "The Envoy of %s completed fewer than %d health checks of %s in %d s."
                .formatted(gateway.name(), rounds, node.name(), limit.toSeconds()));
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

  private Map<String, Long> statistics(VirtualGateway gateway) {
    return local
        .envoy(gateway)
        .statistics("^cluster\\..*\\.(membership_total|health_check\\.(healthy|success|failure))$");
  }
}
