package colorteller.mesh.report;

import colorteller.mesh.Call;
import colorteller.mesh.IpPreference;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One stage of one variant, or one foreign template.
 *
 * @param variant {@code dns} or {@code cloud}; empty for a foreign template
 * @param stage the stage's name; empty for a foreign template
 * @param mesh the mesh's name
 * @param preference the mesh's IP preference
 * @param converged how long the switch to it took; empty if nothing was switched
 * @param rounds how many rounds of the same observations in a row were taken for the settled state;
 *     empty where the control plane says when a stage has taken effect
 * @param routes what each request should give, and gave
 */
public record Run(
    Optional<String> variant,
    Optional<String> stage,
    String mesh,
    IpPreference preference,
    Optional<Duration> converged,
    Optional<Integer> rounds,
    List<RouteResult> routes) {

  /** How a table names it. */
  public String label() {
    return stage.orElse(mesh);
  }

  /**
   * What tells a request from the others of this run, for a person: who sends what to whom, and
   * which route it is to miss. In the walkthrough's meshes the path says it all: they have one
   * gateway, and no host names.
   */
  public String name(RouteResult route) {
    Call call = route.call();
    if (variant.isPresent()) {
      return call.words();
    }
    return "%s %s%s"
        .formatted(
            route.gateway().isPresent()
                ? throughGateway(route)
                : "%s → %s:%d".formatted(route.from(), call.host(), call.port()),
            call.words(),
            route.misses().map(missed -> ", which misses " + missed).orElse(""));
  }

  /** The port is only said of a gateway that takes requests at several. */
  private String throughGateway(RouteResult route) {
    Call call = route.call();
    boolean severalPorts =
        routes.stream()
            .anyMatch(
                other -> other.from().equals(route.from()) && other.call().port() != call.port());
    return route.from()
        + (severalPorts ? ":" + call.port() : "")
        + (call.host().equals(route.from()) ? "" : " → " + call.host());
  }

  public boolean matches() {
    return routes.stream().allMatch(RouteResult::matches);
  }

  /** This run, as what was the same for some rounds in a row. */
  public Run settledAfter(int same) {
    return new Run(variant, stage, mesh, preference, converged, Optional.of(same), routes);
  }
}
