package colorteller.local;

import static java.util.stream.Collectors.toCollection;

import colorteller.mesh.IpFamily;
import colorteller.mesh.Request;
import colorteller.mesh.RouteTable.Target;
import colorteller.mesh.report.Observation;
import colorteller.mesh.report.RouteResult;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A mesh that runs on this machine, for everybody who uses it: one at a time switches it, and all
 * that listen hear of it.
 */
public final class Session implements AutoCloseable {

  /** What happens in a session. */
  public sealed interface Event {

    /** The mesh is being switched. */
    record Switching(Scenario to) implements Event {}

    /** Every request has been made; how gateways count their nodes is not known yet. */
    record Requested(Run run) implements Event {}

    /** All is observed, right after a switch. */
    record Observed(Run run) implements Event {}

    /** The mesh is broken and stays so. */
    record Failed(String why) implements Event {}
  }

  private final LocalMesh local;
  private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();

  /**
   * Starts a mesh.
   *
   * @param network where; it is closed with the session
   * @param first any of the scenarios that it is to be switched to
   * @throws MeshFailure if it does not start; nothing is left running then
   */
  public Session(Network network, Scenario first) {
    local = new LocalMesh(network, first.mesh());
  }

  public LocalMesh local() {
    return local;
  }

  /** Calls a listener for every event from now on, in the thread of whoever causes it. */
  public void listen(Consumer<Event> listener) {
    listeners.add(listener);
  }

  /** Calls it no more. */
  public void forget(Consumer<Event> listener) {
    listeners.remove(listener);
  }

  /**
   * Switches to a scenario and makes every request.
   *
   * @throws MeshFailure if the scenario does not take effect
   */
  public synchronized Run switchTo(Scenario scenario) {
    tell(new Event.Switching(scenario));
    try {
      Duration converged = local.apply(scenario.mesh());
      // Checks are made while requests are.
      List<Request> requests = scenario.requests();
      HealthStatistics watched =
          new HealthStatistics(
              local, requests.stream().map(local::first).collect(toCollection(LinkedHashSet::new)));
      List<Map<IpFamily, Observation>> observations = local.prober().observe(requests);
      tell(
          new Event.Requested(
              run(scenario, converged, requests, observations, r -> Optional.empty())));
      Run run =
          run(scenario, converged, requests, observations, request -> healthy(watched, request));
      tell(new Event.Observed(run));
      return run;
    } catch (MeshFailure e) {
      throw failed(e);
    }
  }

  /**
   * Gives the Envoys what follows from a change of the network, such as another task of a node.
   *
   * @throws MeshFailure if it does not take effect
   */
  public synchronized void refresh() {
    try {
      local.apply(local.mesh());
    } catch (MeshFailure e) {
      throw failed(e);
    }
  }

  private static Run run(
      Scenario scenario,
      Duration converged,
      List<Request> requests,
      List<Map<IpFamily, Observation>> observations,
      Function<Request, Optional<Boolean>> healthy) {
    List<RouteResult> routes = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      Request request = requests.get(i);
      routes.add(scenario.result(request, observations.get(i), healthy.apply(request)));
    }
    return scenario.run(Optional.of(converged), routes);
  }

  private Optional<Boolean> healthy(HealthStatistics watched, Request request) {
    List<Target> targets = request.way().targets();
    return targets.size() == 1 && request.way().elsewhere().isEmpty()
        ? watched.healthy(local.first(request), targets.get(0))
        : Optional.empty();
  }

  /**
   * Fails if anything that should run has ended.
   *
   * @throws MeshFailure which names it
   */
  public synchronized void supervise() {
    try {
      local.supervise();
    } catch (MeshFailure e) {
      throw failed(e);
    }
  }

  private MeshFailure failed(MeshFailure failure) {
    tell(new Event.Failed(String.valueOf(failure.getMessage())));
    return failure;
  }

  private void tell(Event event) {
    listeners.forEach(listener -> listener.accept(event));
  }

  @Override
  public void close() {
    local.close();
  }
}
