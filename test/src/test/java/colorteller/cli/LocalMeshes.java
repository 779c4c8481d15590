package colorteller.cli;

import colorteller.mesh.report.Scenario;
import java.util.List;

/** The walkthrough's scenarios, synthesized once for all tests in this process. */
public final class LocalMeshes {

  private static final class Synthesized {
    private static final List<Scenario> ALL =
        Machine.synthesis().scenarios("all", List.of("dns", "cloud"), List.of());
  }

  private LocalMeshes() {}

  public static List<Scenario> of(String variant) {
    return Synthesized.ALL.stream()
        .filter(scenario -> scenario.variant().orElseThrow().equals(variant))
        .toList();
  }

  public static Scenario stage(String variant, String stage) {
    return of(variant).stream()
        .filter(scenario -> scenario.stage().orElseThrow().equals(stage))
        .findFirst()
        .orElseThrow();
  }
}
