package colorteller.vpc;

import colorteller.deployment.EcsService;
import colorteller.local.MeshFailure;
import colorteller.local.Session;
import colorteller.local.Traffic;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** A deployment of a service while requests are made, and what became of these. */
public final class Restart {

  /** When Cloud Map forgets an old task. */
  public enum Deregister {
    /** When it has stopped, as ECS was seen to do. */
    LAST,
    /** Before it is told to stop. */
    FIRST
  }

  /**
   * What happened.
   *
   * @param steps each with the time since the beginning
   * @param traffic what became of the requests; reasons name tasks
   */
  public record Report(List<String> steps, Traffic.Result traffic) {}

  private static final int PER_SECOND = 200;

  /** Requests without a deployment before it, and after: longer than Envoy keeps a DNS answer. */
  private static final long BEFORE_SECONDS = 1;

  private static final long AFTER_SECONDS = 10;

  private final VpcNetwork network;
  private final Session session;
  private final List<String> steps = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, String> names = new TreeMap<>();
  private final long begin = System.nanoTime();

  private Restart(VpcNetwork network, Session session) {
    this.network = network;
    this.session = session;
  }

  /**
   * Replaces each task of a service.
   *
   * @param service its name in Cloud Map
   * @throws MeshFailure if a new task does not run, or no request is answered before
   */
  public static Report of(
      VpcNetwork network, Session session, String service, Deregister deregister) {
    return new Restart(network, session)
        .run(Objects.requireNonNull(network.services().get(service), service), deregister);
  }

  private Report run(EcsService service, Deregister deregister) {
    Consumer<Session.Event> switches =
        event -> {
          if (event instanceof Session.Event.Switching to) {
            step(
                "the stage is switched to %s: from now on requests may fail because of it"
                    .formatted(to.to().stage().orElse("another")));
          }
        };
    session.listen(switches);
    try {
      // Here the time between two of them counts.
      network.checkHealthAsOnAws(true);
      session.refresh();
      try (Traffic traffic = new Traffic(session.local(), requests(service), PER_SECOND)) {
        TimeUnit.SECONDS.sleep(BEFORE_SECONDS);
        new Rollout(network, session::refresh, this::step).of(service, deregister);
        TimeUnit.SECONDS.sleep(AFTER_SECONDS);
        return new Report(List.copyOf(steps), named(traffic.result()));
      }
    } catch (IOException e) {
      throw new MeshFailure("The service cannot be deployed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeshFailure("interrupted while a service is deployed");
    } finally {
      session.forget(switches);
      checkHealthAsBefore();
      session.refresh();
    }
  }

  private void checkHealthAsBefore() {
    try {
      network.checkHealthAsOnAws(false);
    } catch (IOException e) {
      throw new MeshFailure("An Envoy cannot be told when to check health: " + e.getMessage());
    }
  }

  /**
   * What goes to the tasks of a service, or through them; all, if they only say what goes where.
   */
  private List<Request> requests(EcsService service) {
    if (EcsTask.proxy(service).isEmpty()) {
      return session.local().mesh().requests();
    }
    List<String> proxies =
        network.tasks().running().stream()
            .filter(task -> task.service().equals(service))
            .flatMap(task -> task.proxy().stream())
            .map(ProxyId::name)
            .toList();
    return session.local().mesh().requests().stream()
        .filter(
            request ->
                proxies.contains(request.sender().name())
                    || request.node().filter(n -> proxies.contains(n.name())).isPresent())
        .toList();
  }

  private void step(String what) {
    network.namespaces().forEach((name, own) -> own.forEach(address -> names.put(address, name)));
    steps.add("%5.1f s  %s".formatted((System.nanoTime() - begin) / 1e9, what));
  }

  private Traffic.Result named(Traffic.Result result) {
    return new Traffic.Result(
        result.requests(),
        result.failed().stream()
            .map(f -> new Traffic.Failed(f.began(), named(f.reason())))
            .toList(),
        result.lasted());
  }

  private String named(String reason) {
    String named = reason;
    for (Map.Entry<String, String> name : names.entrySet()) {
      named = named.replaceAll(pattern(name.getKey()), name.getValue());
    }
    return named;
  }

  /** An address with a port, as Envoy writes it. */
  private static String pattern(String address) {
    return "(?<![\\w.:])\\[?" + Pattern.quote(address) + "]?:\\d+";
  }
}
