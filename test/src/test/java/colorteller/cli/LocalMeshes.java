package colorteller.cli;

import colorteller.mesh.report.Scenario;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The walkthrough's scenarios, synthesized once for all tests in this process. */
public final class LocalMeshes {

  private static final Map<String, List<Scenario>> SCENARIOS = new ConcurrentHashMap<>();

  private LocalMeshes() {}

  public static List<Scenario> of(String variant) {
    return SCENARIOS.computeIfAbsent(
        variant, v -> Machine.synthesis().scenarios("all", List.of(v), List.of()));
  }

  public static Scenario stage(String variant, String stage) {
    return of(variant).stream()
        .filter(scenario -> scenario.stage().orElseThrow().equals(stage))
        .findFirst()
        .orElseThrow();
  }
}
