package colorteller.local;

import colorteller.controlplane.Names;
import colorteller.mesh.Cause;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Request;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Observation;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
  private static final int LIMIT_MILLIS = 10_000;
  private static final Duration LOG_LIMIT = Duration.ofSeconds(5);
  // Envoy's response flags.
  private static final String NO_HOST = "UH";
  private static final String CONNECTION_FAILED = "UF";
  private static final String NO_ROUTE = "NR";

  private final LocalMesh local;

  Prober(LocalMesh local) {
    this.local = local;
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
    int port = local.port(request.gateway());
    URI uri =
        URI.create("http://" + EnvoyProcess.hostAndPort(entry.loopback(), port) + request.path());
    try {
      HttpURLConnection connection = LoopbackHttp.to(uri, LIMIT_MILLIS);
      connection.setRequestProperty("Connection", "close");
      connection.setRequestProperty(AccessLog.REQUEST_ID_HEADER, id);
      int status = connection.getResponseCode();
      InputStream stream = status < 400 ? connection.getInputStream() : connection.getErrorStream();
      String body = stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return status == 200
          ? new Observation(Optional.of(status), body, Set.of(), Optional.empty())
          : failed(request, id, status, body);
    } catch (ConnectException e) {
      return refusedByGateway(request.gateway(), entry, port);
    } catch (IOException e) {
      return problem(Optional.empty(), "", "GET %s: %s".formatted(uri, e.getMessage()));
    } catch (MeshFailure e) {
      return problem(Optional.empty(), "", String.valueOf(e.getMessage()));
    }
  }

  private Observation refusedByGateway(VirtualGateway gateway, IpFamily entry, int port) {
    EnvoyProcess envoy = local.envoy(gateway);
    return refusal(envoy, EnvoyProcess.hostAndPort(entry.loopback(), port))
        .map(problem -> problem(Optional.empty(), "", problem))
        .orElseGet(() -> error(Optional.empty(), "", Cause.LISTENER));
  }

  private Observation failed(Request request, String id, int status, String body) {
    Optional<Integer> code = Optional.of(status);
    if (request.node().isEmpty()) {
      return await(local.envoy(request.gateway()).accessLog(), id, "").flags().contains(NO_ROUTE)
          ? new Observation(code, body, Set.of(), Optional.empty())
          : problem(code, body, "no route was expected to take the request, but one did");
    }
    VirtualNode node = request.node().orElseThrow();
    AccessLog.Entry atGateway =
        await(
            local.envoy(request.gateway()).accessLog(),
            id,
            Names.egressCluster(local.mesh(), node));
    if (atGateway.flags().contains(NO_HOST)) {
      return hostsKnown(request.gateway(), node) == 0
          ? error(code, body, Cause.SERVICE_DISCOVERY)
          : problem(
              code,
              body,
              "the gateway knows an address of %s but used none".formatted(node.name()));
    }
    if (atGateway.flags().contains(CONNECTION_FAILED)) {
      return refusal(local.envoy(node), atGateway.host())
          .map(problem -> problem(code, body, problem))
          .orElseGet(() -> error(code, body, Cause.LISTENER));
    }
    if (!local.envoy(node).isAlive()) {
      return problem(code, body, local.envoy(node).obituary());
    }
    AccessLog.Entry atNode =
        await(local.envoy(node).accessLog(), id, Names.ingressCluster(local.mesh(), node));
    if (atNode.flags().contains(CONNECTION_FAILED)) {
      return refusedByApplication(node, atNode, code, body);
    }
    return problem(code, body, "%s answered %d%s".formatted(node.name(), status, flags(atNode)));
  }

  /** Why a connection to an Envoy failed, unless it runs and does not listen there. */
  private static Optional<String> refusal(EnvoyProcess envoy, String address) {
    if (!envoy.isAlive()) {
      return Optional.of(envoy.obituary());
    }
    return envoy.listening().contains(address)
        ? Optional.of(
            "The Envoy of %s listens at %s, but a connection to it failed."
                .formatted(envoy.proxy(), address))
        : Optional.empty();
  }

  /** The cause is the application's family only if it answers where it should listen. */
  private Observation refusedByApplication(
      VirtualNode node, AccessLog.Entry atNode, Optional<Integer> code, String body) {
    Applications.Application application = local.application(node);
    IpFamily tried = local.mesh().effectivePreference(node).localApplication();
    String address = EnvoyProcess.hostAndPort(tried.loopback(), application.port());
    if (!atNode.host().equals(address)) {
      return problem(
          code,
          body,
          "the Envoy of %s tried %s, not %s".formatted(node.name(), atNode.host(), address));
    }
    if (application.families().contains(tried)
        || !application.families().stream().allMatch(application::answersOn)) {
      return problem(
          code,
          body,
          "The application of %s does not answer where it should listen.".formatted(node.name()));
    }
    return error(code, body, Cause.APPLICATION);
  }

  private long hostsKnown(VirtualGateway gateway, VirtualNode node) {
    String name = "cluster.%s.membership_total".formatted(Names.egressCluster(local.mesh(), node));
    return local.envoy(gateway).statistics("^" + Pattern.quote(name) + "$").values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /** The Envoys write their logs shortly after they have answered. */
  private static AccessLog.Entry await(AccessLog log, String id, String cluster) {
    long deadline = System.nanoTime() + LOG_LIMIT.toNanos();
    while (true) {
      List<AccessLog.Entry> found =
          log.entries(id).stream().filter(entry -> entry.cluster().equals(cluster)).toList();
      if (!found.isEmpty()) {
        return found.get(found.size() - 1);
      }
      if (System.nanoTime() > deadline) {
        throw new MeshFailure(
            "%s holds nothing about a request to cluster %s after %d s."
                .formatted(log.file(), cluster, LOG_LIMIT.toSeconds()));
      }
      Pause.briefly();
    }
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
