package colorteller.local;

import colorteller.controlplane.Names;
import colorteller.mesh.Cause;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Protocol;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.RouteTable.Elsewhere;
import colorteller.mesh.RouteTable.Target;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Observation;
import colorteller.standin.Seen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/**
 * Makes requests through a gateway and finds out where those that fail do so. What tells the causes
 * apart is which Envoy could not go on; so each Envoy is asked through its access log. A refused
 * connection counts as the walkthrough's cause only if the other side runs and does not listen
 * there; otherwise something is broken, and that is a {@linkplain Observation#problem problem}.
 */
public final class Prober {

  private static final int SIDE_BY_SIDE = 16;
  // Envoy's response flags.
  private static final String NO_HOST = "UH";
  private static final String CONNECTION_FAILED = "UF";
  // Envoy's reason for a transport failure.
  private static final String TLS_FAILED = "TLS";

  private final LocalMesh local;
  private final Network network;

  Prober(LocalMesh local) {
    this.local = local;
    this.network = local.network();
  }

  /** Makes requests side by side, each through every address of its first Envoy. */
  List<Map<IpFamily, Observation>> observe(List<Request> requests) {
    ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE);
    try {
      List<Map<IpFamily, Future<Observation>>> started = new ArrayList<>();
      for (Request request : requests) {
        Map<IpFamily, Future<Observation>> both = new EnumMap<>(IpFamily.class);
        for (IpFamily entry : request.entries()) {
          both.put(entry, threads.submit(() -> observe(request, entry)));
        }
        started.add(both);
      }
      List<Map<IpFamily, Observation>> result = new ArrayList<>();
      for (Map<IpFamily, Future<Observation>> both : started) {
        Map<IpFamily, Observation> observed = new EnumMap<>(IpFamily.class);
        for (Map.Entry<IpFamily, Future<Observation>> one : both.entrySet()) {
          observed.put(one.getKey(), one.getValue().get());
        }
        result.add(observed);
      }
      return result;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeshFailure("interrupted while making requests");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a request that fails is an observation", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * Makes a request, on a connection of its own.
   *
   * @param request the request
   * @param entry the family of the address of its first Envoy
   */
  public Observation observe(Request request, IpFamily entry) {
    String id = UUID.randomUUID().toString();
    try {
      ConnectionFailures before = failures(request);
      Network.Answer answer = network.send(request, entry, Optional.of(id));
      if (!answer.reached()) {
        return notReached(request, entry, answer);
      }
      Optional<String> said = answered(answer);
      if (said.isPresent()) {
        return new Observation(answer.status(), answer.body(), said, Set.of(), Optional.empty());
      }
      return request.call().protocol().hasRequests()
          ? failed(request, id, answer)
          : before.observe(answer);
    } catch (IOException e) {
      return problem("%s: %s".formatted(request.call().words(), e.getMessage()));
    } catch (MeshFailure e) {
      return problem(String.valueOf(e.getMessage()));
    }
  }

  private ConnectionFailures failures(Request request) {
    return new ConnectionFailures(local, local.first(request), request);
  }

  /** What the application said of itself: its colour, or the node that it stands behind. */
  private static Optional<String> answered(Network.Answer answer) {
    return answer.succeeded()
        ? Optional.of(Seen.parse(answer.body()).map(Seen::node).orElse(answer.body()))
        : Optional.empty();
  }

  private Observation notReached(Request request, IpFamily entry, Network.Answer answer) {
    return request
        .gateway()
        .map(
            gateway ->
                refusal(local.proxy(gateway), network.address(gateway, entry))
                    .map(problem -> problem(answer, problem))
                    .orElseGet(() -> error(answer, Optional.of(Cause.LISTENER))))
        .orElseGet(
            () ->
                problem(
                    answer,
                    "The Envoy of %s does not take what its application sends."
                        .formatted(local.first(request))));
  }

  private Observation failed(Request request, String id, Network.Answer answer) {
    List<Target> targets = request.way().targets();
    List<Elsewhere> elsewhere = request.way().elsewhere();
    if (targets.isEmpty() && elsewhere.isEmpty()) {
      // No cluster, so no route; or else one that sends to nobody.
      accessLog(local.first(request)).await(id, ""::equals);
      return error(answer, Optional.empty());
    }
    AccessLog.Entry atFirst =
        accessLog(local.first(request))
            .await(
                id,
                cluster ->
                    targets.stream().anyMatch(t -> isFor(cluster, t))
                        || elsewhere.stream().anyMatch(e -> isFor(cluster, e)));
    if (atFirst.flags().contains(NO_HOST)
        && hostsKnown(local.first(request), atFirst.cluster()) == 0) {
      return error(answer, Optional.of(Cause.SERVICE_DISCOVERY));
    }
    Optional<Target> taken = targets.stream().filter(t -> isFor(atFirst.cluster(), t)).findFirst();
    if (taken.isEmpty()) {
      return problem(answer, "%s is elsewhere, but was sent to".formatted(atFirst.cluster()));
    }
    Target target = taken.get();
    VirtualNode node = target.node();
    if (network.fault(node).isPresent() || request.call().fault().isPresent()) {
      return error(answer, Optional.empty());
    }
    if (atFirst.flags().contains(NO_HOST)) {
      return problem(
          answer,
          "%s knows an address of %s but used none"
              .formatted(
                  request.gateway().isPresent() ? "the gateway" : request.sender().name(),
                  node.name()));
    }
    if (atFirst.transport().contains(TLS_FAILED)) {
      return error(answer, Optional.of(Cause.TLS));
    }
    if (atFirst.flags().contains(CONNECTION_FAILED)) {
      return refusal(local.proxy(node), atFirst.host())
          .map(problem -> problem(answer, problem))
          .orElseGet(() -> error(answer, Optional.of(Cause.LISTENER)));
    }
    Optional<String> ended = network.envoys().ended(local.proxy(node));
    if (ended.isPresent()) {
      return problem(answer, ended.get());
    }
    String ingress = Names.ingressCluster(local.mesh(), node, target.listener());
    AccessLog.Entry atNode = accessLog(local.proxy(node)).await(id, ingress::equals);
    if (atNode.flags().contains(CONNECTION_FAILED)) {
      return refusedByApplication(target, atNode, answer);
    }
    return problem(
        answer,
        "%s answered %d%s".formatted(node.name(), answer.status().orElse(0), flags(atNode)));
  }

  /** Whether a cluster is one through which a target is sent to. */
  private boolean isFor(String cluster, Target target) {
    return isFor(
        cluster, target.node().name(), target.listener().protocol(), target.listener().port());
  }

  private boolean isFor(String cluster, Elsewhere target) {
    return isFor(cluster, target.node(), target.protocol(), target.port());
  }

  private boolean isFor(String cluster, String node, Protocol protocol, int port) {
    String name = Names.egressCluster(local.mesh(), node, protocol, port);
    // Several virtual services may lead there by client policies of their own.
    return cluster.equals(name) || cluster.startsWith(name + "_");
  }

  /** Why a connection to an Envoy failed, unless it runs and does not listen there. */
  private Optional<String> refusal(ProxyId proxy, String address) {
    Optional<String> ended = network.envoys().ended(proxy);
    if (ended.isPresent()) {
      return ended;
    }
    return network.listens(proxy, address)
        ? Optional.of(
            "The Envoy of %s listens at %s, but a connection to it failed."
                .formatted(proxy, address))
        : Optional.empty();
  }

  private Observation refusedByApplication(
      Target target, AccessLog.Entry atNode, Network.Answer answer) {
    IpFamily tried = local.mesh().effectivePreference(target.node()).localApplication();
    return network
        .refusedByApplication(target.node(), target.listener(), tried, atNode.host())
        .map(problem -> problem(answer, problem))
        .orElseGet(() -> error(answer, Optional.of(Cause.APPLICATION)));
  }

  private AccessLog accessLog(ProxyId proxy) {
    return network.envoys().accessLog(proxy);
  }

  private long hostsKnown(ProxyId proxy, String cluster) {
    String name = "cluster.%s.membership_total".formatted(cluster);
    return network.envoys().of(proxy).stream()
        .flatMap(e -> e.statistics("^" + Pattern.quote(name) + "$").values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  private static String flags(AccessLog.Entry entry) {
    return entry.flags().isEmpty() ? "" : " with Envoy's response flags " + entry.flags();
  }

  private static Observation error(Network.Answer answer, Optional<Cause> cause) {
    return new Observation(
        answer.status(),
        answer.body(),
        Optional.empty(),
        cause.map(Set::of).orElse(Set.of()),
        Optional.empty());
  }

  private static Observation problem(Network.Answer answer, String problem) {
    return new Observation(
        answer.status(), answer.body(), Optional.empty(), Set.of(), Optional.of(problem));
  }

  private static Observation problem(String problem) {
    return problem(Network.Answer.NOT_REACHED, problem);
  }
}
