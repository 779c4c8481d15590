package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.local.Break;
import colorteller.local.LocalMesh;
import colorteller.local.LoopbackNetwork;
import colorteller.local.MeshFailure;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Request;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Observation;
import colorteller.mesh.report.Scenario;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is dead is never taken for an error that the stage expects anyway. */
class DeadProcessTest {

  @ParameterizedTest
  @CsvSource({
    // The cells are errors because of the application, the listener and service discovery.
    "dns, v4_only, purple",
    "cloud, v4_only, yellow",
    "dns, none, purple",
    "dns, v6_preferred, red",
    "dns, v4_only, red"
  })
  void envoy(String variant, String stage, String color) {
    Scenario scenario = LocalMeshes.stage(variant, stage);
    Request request = request(scenario, color);
    VirtualNode node = request.node().orElseThrow();
    try (LocalMesh local =
        new LocalMesh(
            new LoopbackNetwork(Machine.envoy(), scenario.mesh(), scenario.workloads()),
            scenario.mesh())) {
      local.apply(scenario.mesh());
      Break.envoy(local, node);
      assertThat(local.prober().observe(request, IpFamily.IPV4).problem())
          .hasValueSatisfying(
              problem ->
                  assertThat(problem).contains("The Envoy of").contains(node.name(), "ended"));
      assertThatThrownBy(local::supervise)
          .isInstanceOf(MeshFailure.class)
          .hasMessageContaining(node.name());
    }
  }

  @ParameterizedTest
  @CsvSource({"dns, v4_only, purple", "cloud, v6_only, green", "dns, v4_only, red"})
  void application(String variant, String stage, String color) throws Exception {
    Scenario scenario = LocalMeshes.stage(variant, stage);
    Request request = request(scenario, color);
    VirtualNode node = request.node().orElseThrow();
    try (LocalMesh local =
        new LocalMesh(
            new LoopbackNetwork(Machine.envoy(), scenario.mesh(), scenario.workloads()),
            scenario.mesh())) {
      local.apply(scenario.mesh());
      Break.application(local, node);
      Observation observation = local.prober().observe(request, IpFamily.IPV6);
      assertThat(observation.outcome()).isEqualTo("error");
      assertThat(observation.causes()).isEmpty();
      assertThat(observation.problem())
          .hasValueSatisfying(
              problem -> assertThat(problem).contains("The application of", node.name()));
      assertThatThrownBy(local::supervise)
          .isInstanceOf(MeshFailure.class)
          .hasMessageContaining("The application of " + node.name());
    }
  }

  private static Request request(Scenario scenario, String color) {
    return scenario.mesh().requests().stream()
        .filter(request -> request.path().equals("/" + color))
        .findFirst()
        .orElseThrow();
  }
}
