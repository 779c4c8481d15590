package colorteller.mesh.report;

import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.Request;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is to be run or computed: a mesh and what runs behind its nodes.
 *
 * @param variant {@code dns} or {@code cloud}; empty for a foreign template
 * @param stage the stage's name; empty for a foreign template
 * @param mesh the mesh, as its template describes it
 * @param workloads by the node's name
 */
public record Scenario(
    Optional<String> variant, Optional<String> stage, Mesh mesh, Map<String, Workload> workloads) {

  /**
   * The requests that try it: those that its routes take, and of a foreign template those that they
   * only just do not take. The walkthrough's table has a column for each colour, and no other.
   */
  public List<Request> requests() {
    return variant.isPresent()
        ? mesh.requests()
        : Stream.concat(mesh.requests().stream(), mesh.nearMisses().stream()).toList();
  }

  /** What every request should give. */
  public Run expected() {
    return run(
        Optional.empty(),
        requests().stream().map(r -> result(r, Map.of(), Optional.empty())).toList());
  }

  /**
   * What requests gave.
   *
   * @param converged how long the switch to this scenario took; empty if nothing was switched
   */
  public Run run(Optional<Duration> converged, List<RouteResult> routes) {
    return new Run(
        variant, stage, mesh.name(), mesh.preference(), converged, Optional.empty(), routes);
  }

  /**
   * What a request should give beside what it gave.
   *
   * @param observed by the family of the gateway's address
   * @param healthy whether the first Envoy counts the node as healthy, if that is known
   */
  public RouteResult result(
      Request request, Map<IpFamily, Observation> observed, Optional<Boolean> healthy) {
    Map<IpFamily, Expectation> expected = new EnumMap<>(IpFamily.class);
    for (IpFamily entry : request.entries()) {
      expected.put(entry, Expectation.of(mesh, request, workloads, entry));
    }
    Optional<String> node = request.node().map(VirtualNode::name);
    return new RouteResult(
        request.sender().name(),
        request.gateway().map(VirtualGateway::name),
        request.call(),
        request.misses(),
        node,
        node.map(name -> Objects.requireNonNull(workloads.get(name)).answer()),
        expected,
        observed,
        healthy);
  }
}
