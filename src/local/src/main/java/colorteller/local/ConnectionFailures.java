package colorteller.local;

import colorteller.controlplane.Names;
import colorteller.mesh.Cause;
import colorteller.mesh.Protocol;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.RouteTable.Target;
import colorteller.mesh.RouteTable.Way;
import colorteller.mesh.report.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds out where a connection of TCP broke off. It has no id that an access log could show, so the
 * Envoys' statistics of failed connections tell, from before the connection to after it.
 */
final class ConnectionFailures {

  private final LocalMesh local;
  private final ProxyId first;
  private final Way way;
  private final Counts before;

  /** How often which step failed, of all that a connection may be passed on to. */
  private record Counts(long withoutHost, long atFirst, long atNode) {}

  /**
   * Begins to count.
   *
   * @param first the proxy whose Envoy takes the connection
   */
  ConnectionFailures(LocalMesh local, ProxyId first, Request request) {
    this.local = local;
    this.first = first;
    this.way = request.way();
    this.before = request.call().protocol().hasRequests() ? new Counts(0, 0, 0) : count();
  }

  /** What became of a connection on which nothing was answered. */
  Observation observe(Network.Answer answer) {
    if (way.targets().isEmpty() && way.elsewhere().isEmpty()) {
      return error(answer, Optional.empty(), Optional.empty());
    }
    Counts now = count();
    if (now.withoutHost() > before.withoutHost()) {
      return error(answer, Optional.of(Cause.SERVICE_DISCOVERY), Optional.empty());
    }
    if (now.atFirst() > before.atFirst()) {
      return error(answer, Optional.of(Cause.LISTENER), Optional.empty());
    }
    if (now.atNode() > before.atNode()) {
      return error(answer, Optional.of(Cause.APPLICATION), Optional.empty());
    }
    List<String> names = way.targets().stream().map(to -> to.node().name()).toList();
    return error(
        answer,
        Optional.empty(),
        way.targets().stream().anyMatch(to -> local.network().fault(to.node()).isPresent())
            ? Optional.empty()
            : Optional.of("%s closed the connection".formatted(String.join(" or ", names))));
  }

  private Counts count() {
    List<String> egress = new ArrayList<>();
    long atNode = 0;
    for (Target to : way.targets()) {
      egress.add(cluster(to.node().name(), to.listener().protocol(), to.listener().port()));
      atNode +=
          sum(
              local.proxy(to.node()),
              "upstream_cx_connect_fail",
              List.of(Names.ingressCluster(local.mesh(), to.node(), to.listener())));
    }
    way.elsewhere().forEach(to -> egress.add(cluster(to.node(), to.protocol(), to.port())));
    return new Counts(
        sum(first, "upstream_cx_none_healthy", egress),
        sum(first, "upstream_cx_connect_fail", egress),
        atNode);
  }

  private String cluster(String node, Protocol protocol, int port) {
    return Names.egressCluster(local.mesh(), node, protocol, port);
  }

  private long sum(ProxyId proxy, String statistic, List<String> clusters) {
    String name =
        clusters.stream()
            .map(cluster -> Pattern.quote("cluster.%s.%s".formatted(cluster, statistic)))
            .collect(Collectors.joining("|", "^(", ")$"));
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
