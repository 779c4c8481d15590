package colorteller.mesh.report;

import colorteller.mesh.Mesh;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One stage of one variant, or one foreign template.
 *
 * @param variant {@code dns} or {@code cloud}; empty for a foreign template
 * @param stage the stage's name; empty for a foreign template
 * @param mesh the mesh
 * @param converged how long the switch to it took; empty if nothing was switched
 * @param rounds how many rounds of the same observations in a row were taken for the settled state;
 *     empty where the control plane says when a stage has taken effect
 * @param routes what each request should give, and gave
 */
public record Run(
    Optional<String> variant,
    Optional<String> stage,
    Mesh mesh,
    Optional<Duration> converged,
    Optional<Integer> rounds,
    List<RouteResult> routes) {

  /** How a table names it. */
  public String label() {
    return stage.orElse(mesh.name());
  }

  public boolean matches() {
    return routes.stream().allMatch(RouteResult::matches);
  }

  /** This run, as what was the same for some rounds in a row. */
  public Run settledAfter(int same) {
    return new Run(variant, stage, mesh, converged, Optional.of(same), routes);
  }
}
