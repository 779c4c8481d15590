package colorteller.mesh.report;

import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.Request;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

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

  /** What every request should give. */
  public Run expected() {
    return new Run(
        variant,
        stage,
        mesh,
        Optional.empty(),
        Optional.empty(),
        mesh.requests().stream().map(r -> result(r, Map.of(), Optional.empty())).toList());
  }

  /**
   * What a request should give beside what it gave.
   *
   * @param observed by the family of the gateway's address
   * @param healthy whether the gateway's Envoy counts the node as healthy, if that is known
   */
  public RouteResult result(
      Request request, Map<IpFamily, Observation> observed, Optional<Boolean> healthy) {
    Map<IpFamily, Expectation> expected = new EnumMap<>(IpFamily.class);
    for (IpFamily entry : IpFamily.values()) {
      expected.put(entry, Expectation.of(mesh, request, workloads, entry));
    }
    return new RouteResult(
        request,
        request
            .node()
            .map(VirtualNode::name)
            .map(node -> Objects.requireNonNull(workloads.get(node)).answer()),
        expected,
        observed,
        healthy);
  }
}
