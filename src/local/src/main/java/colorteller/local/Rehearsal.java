package colorteller.local;

import colorteller.mesh.IpFamily;
import colorteller.mesh.Request;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Observation;
import colorteller.mesh.report.RouteResult;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings a scenario's stage up in a local mesh and makes every request. */
public record Rehearsal(LocalMesh local) {

  /**
   * Switches to a stage and observes it.
   *
   * @throws MeshFailure if the stage does not take effect
   */
  public Run run(Scenario scenario) {
    Duration converged = local.apply(scenario.mesh());
    // Checks are made while requests are.
    HealthStatistics watched = local.watchHealth();
    Prober prober = local.prober();
    List<Request> requests = scenario.mesh().requests();
    List<Map<IpFamily, Observation>> observations = new ArrayList<>();
    for (Request request : requests) {
      Map<IpFamily, Observation> observed = new EnumMap<>(IpFamily.class);
      for (IpFamily entry : IpFamily.values()) {
        observed.put(entry, prober.observe(request, entry));
      }
      observations.add(observed);
    }
    Map<VirtualGateway, Map<VirtualNode, Boolean>> health = watched.read();
    List<RouteResult> routes = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      Request request = requests.get(i);
      routes.add(scenario.result(request, observations.get(i), healthy(health, request)));
    }
    return new Run(
        scenario.variant(),
        scenario.stage(),
        scenario.mesh(),
        Optional.of(converged),
        Optional.empty(),
        routes);
  }

  private static Optional<Boolean> healthy(
      Map<VirtualGateway, Map<VirtualNode, Boolean>> health, Request request) {
    return Optional.ofNullable(health.get(request.gateway()))
        .flatMap(nodes -> request.node().flatMap(node -> Optional.ofNullable(nodes.get(node))));
  }
}
