package colorteller.local;

import colorteller.controlplane.Names;
import colorteller.mesh.Cause;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Observation;
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
  private static final String NO_ROUTE = "NR";

  private final LocalMesh local;
  private final Network network;

  Prober(LocalMesh local) {
    this.local = local;
    this.network = local.network();
  }

  /** Makes requests side by side, each through both addresses of its gateway. */
  List<Map<IpFamily, Observation>> observe(List<Request> requests) {
    ExecutorService threads = Executors.newFixedThreadPool(SIDE_BY_SIDE);
    try {
      List<Map<IpFamily, Future<Observation>>> started = new ArrayList<>();
      for (Request request : requests) {
        Map<IpFamily, Future<Observation>> both = new EnumMap<>(IpFamily.class);
        for (IpFamily entry : IpFamily.values()) {
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
   * @param entry the family of the gateway's address
   */
  public Observation observe(Request request, IpFamily entry) {
    String id = UUID.randomUUID().toString();
    try {
      Network.Answer answer =
          network.get(request.gateway(), entry, request.path(), Optional.of(id));
      if (!answer.reachedGateway()) {
        return refusedByGateway(request.gateway(), entry, answer);
      }
      int status = answer.status().orElseThrow();
      return status == 200
          ? new Observation(answer.status(), answer.body(), Set.of(), Optional.empty())
          : failed(request, id, status, answer.body());
    } catch (IOException e) {
      return problem(Optional.empty(), "", "GET %s: %s".formatted(request.path(), e.getMessage()));
    } catch (MeshFailure e) {
      return problem(Optional.empty(), "", String.valueOf(e.getMessage()));
    }
  }

  private Observation refusedByGateway(
      VirtualGateway gateway, IpFamily entry, Network.Answer answer) {
    return refusal(local.proxy(gateway), network.address(gateway, entry))
        .map(problem -> problem(answer.status(), answer.body(), problem))
        .orElseGet(() -> error(answer.status(), answer.body(), Cause.LISTENER));
  }

  private Observation failed(Request request, String id, int status, String body) {
    Optional<Integer> code = Optional.of(status);
    if (request.node().isEmpty()) {
      return accessLog(local.proxy(request.gateway())).await(id, "").flags().contains(NO_ROUTE)
          ? new Observation(code, body, Set.of(), Optional.empty())
          : problem(code, body, "no route was expected to take the request, but one did");
    }
    VirtualNode node = request.node().orElseThrow();
    AccessLog.Entry atGateway =
        accessLog(local.proxy(request.gateway()))
            .await(id, Names.egressCluster(local.mesh(), node));
    if (atGateway.flags().contains(NO_HOST)) {
      return hostsKnown(request.gateway(), node) == 0
          ? error(code, body, Cause.SERVICE_DISCOVERY)
          : problem(
              code,
              body,
              "the gateway knows an address of %s but used none".formatted(node.name()));
    }
    if (atGateway.flags().contains(CONNECTION_FAILED)) {
      return refusal(local.proxy(node), atGateway.host())
          .map(problem -> problem(code, body, problem))
          .orElseGet(() -> error(code, body, Cause.LISTENER));
    }
    Optional<String> ended = network.envoys().ended(local.proxy(node));
    if (ended.isPresent()) {
      return problem(code, body, ended.get());
    }
    AccessLog.Entry atNode =
        accessLog(local.proxy(node)).await(id, Names.ingressCluster(local.mesh(), node));
    if (atNode.flags().contains(CONNECTION_FAILED)) {
      return refusedByApplication(node, atNode, code, body);
    }
    return problem(code, body, "%s answered %d%s".formatted(node.name(), status, flags(atNode)));
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
      VirtualNode node, AccessLog.Entry atNode, Optional<Integer> code, String body) {
    IpFamily tried = local.mesh().effectivePreference(node).localApplication();
    return network
        .refusedByApplication(node, tried, atNode.host())
        .map(problem -> problem(code, body, problem))
        .orElseGet(() -> error(code, body, Cause.APPLICATION));
  }

  private AccessLog accessLog(ProxyId proxy) {
    return network.envoys().accessLog(proxy);
  }

  private long hostsKnown(VirtualGateway gateway, VirtualNode node) {
    String name = "cluster.%s.membership_total".formatted(Names.egressCluster(local.mesh(), node));
    return network.envoys().of(local.proxy(gateway)).stream()
        .flatMap(e -> e.statistics("^" + Pattern.quote(name) + "$").values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  private static String flags(AccessLog.Entry entry) {
    return entry.flags().isEmpty() ? "" : " with Envoy's response flags " + entry.flags();
  }

  private static Observation error(Optional<Integer> status, String body, Cause cause) {
    return new Observation(status, body, Set.of(cause), Optional.empty());
  }

  private static Observation problem(Optional<Integer> status, String body, String problem) {
    return new Observation(status, body, Set.of(), Optional.of(problem));
  }
}
