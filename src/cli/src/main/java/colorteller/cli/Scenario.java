package colorteller.cli;

import colorteller.cli.report.RouteResult;
import colorteller.cli.report.Run;
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
record Scenario(
    Optional<String> variant, Optional<String> stage, Mesh mesh, Map<String, Workload> workloads) {

  /** What every request should give. */
  Run expected() {
    return new Run(
        variant,
        stage,
        mesh,
        Optional.empty(),
        mesh.requests().stream()
            .map(r -> new RouteResult(r, color(r), expected(r), Map.of(), Optional.empty()))
            .toList());
  }

  Map<IpFamily, Expectation> expected(Request request) {
    Map<IpFamily, Expectation> result = new EnumMap<>(IpFamily.class);
    for (IpFamily entry : IpFamily.values()) {
      result.put(entry, Expectation.of(mesh, request, workloads, entry));
    }
    return result;
  }

  Optional<String> color(Request request) {
    return request
        .node()
        .map(VirtualNode::name)
        .map(node -> Objects.requireNonNull(workloads.get(node)).answer());
  }
}
