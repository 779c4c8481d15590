package colorteller.local;

import colorteller.controlplane.Names;
import colorteller.mesh.Cause;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.RouteTable.Target;
import colorteller.mesh.report.Observation;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds out where a connection of TCP broke off. It has no id that an access log could show, so the
 * Envoys' statistics of failed connections tell, from before the connection to after it.
 */
final class ConnectionFailures {

  private final LocalMesh local;
  private final ProxyId first;
  private final Optional<Target> target;
  private final long atFirst;
  private final long atNode;

  /**
   * Begins to count.
   *
   * @param first the proxy whose Envoy takes the connection
   */
  ConnectionFailures(LocalMesh local, ProxyId first, Request request) {
    this.local = local;
    this.first = first;
    this.target =
        request.call().protocol().hasRequests()
            ? Optional.empty()
            : request.way().targets().stream().findFirst();
    this.atFirst = target.map(to -> failures(first, egress(to))).orElse(0L);
    this.atNode = target.map(to -> failures(local.proxy(to.node()), ingress(to))).orElse(0L);
  }

  /** What became of a connection on which nothing was answered. */
  Observation observe(Network.Answer answer) {
    if (target.isEmpty()) {
      return error(answer, Optional.empty(), Optional.empty());
    }
    Target to = target.get();
    if (sum(first, "cluster.%s.membership_total", egress(to)) == 0) {
      return error(answer, Optional.of(Cause.SERVICE_DISCOVERY), Optional.empty());
    }
    if (failures(first, egress(to)) > atFirst) {
      return error(answer, Optional.of(Cause.LISTENER), Optional.empty());
    }
    if (failures(local.proxy(to.node()), ingress(to)) > atNode) {
      return error(answer, Optional.of(Cause.APPLICATION), Optional.empty());
    }
    return error(
        answer,
        Optional.empty(),
        local.network().fault(to.node()).isPresent()
            ? Optional.empty()
            : Optional.of("%s closed the connection".formatted(to.node().name())));
  }

  private String egress(Target to) {
    return Names.egressCluster(
        local.mesh(), to.node().name(), to.listener().protocol(), to.listener().port());
  }

  private String ingress(Target to) {
    return Names.ingressCluster(local.mesh(), to.node(), to.listener());
  }

  private long failures(ProxyId proxy, String cluster) {
    return sum(proxy, "cluster.%s.upstream_cx_connect_fail", cluster);
  }

  private long sum(ProxyId proxy, String statistic, String cluster) {
    String name = "^" + Pattern.quote(statistic.formatted(cluster)) + "$";
    return local.network().envoys().of(proxy).stream()
        .flatMap(envoy -> envoy.statistics(name).values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  private static Observation error(
      Network.Answer answer, Optional<Cause> cause, Optional<String> problem) {
    return new Observation(
        answer.status(),
        answer.body(),
        Optional.empty(),
        cause.map(Set::of).orElse(Set.of()),
        problem);
  }
}
