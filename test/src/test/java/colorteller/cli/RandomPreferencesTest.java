package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.local.LoopbackNetwork;
import colorteller.local.Session;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Custom stages chosen at random, one after the other on the same Envoys. */
class RandomPreferencesTest {

  private static final int STAGES = Boolean.getBoolean("proof") ? 100 : 8;

  @ParameterizedTest
  @ValueSource(strings = {"dns", "cloud"})
  void observedIsExpected(String variant) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.printf("%s: random stages with -Dseed=%d%n", variant, seed);
    Random random = new Random(seed);
    Scenario base = LocalMeshes.stage(variant, "none");
    try (Session session =
        new Session(new LoopbackNetwork(Machine.envoy(), base.mesh(), base.workloads()), base)) {
      for (int i = 0; i < STAGES; i++) {
        Mesh mesh = withRandomPreferences(base.mesh(), random);
        Run run =
            session.switchTo(
                new Scenario(
                    Optional.of(variant), Optional.of("random " + i), mesh, base.workloads()));
        assertThat(run.routes())
            .as("seed %d, stage %d: mesh %s, nodes %s", seed, i, mesh.preference(), nodes(mesh))
            .allMatch(route -> route.matches());
      }
      session.supervise();
    }
  }

  private static Mesh withRandomPreferences(Mesh mesh, Random random) {
    Map<String, VirtualNode> nodes = new LinkedHashMap<>();
    mesh.nodes().forEach((name, node) -> nodes.put(name, node.with(any(random))));
    return mesh.with(any(random), nodes);
  }

  private static IpPreference any(Random random) {
    return IpPreference.values()[random.nextInt(IpPreference.values().length)];
  }

  private static List<IpPreference> nodes(Mesh mesh) {
    return mesh.nodes().values().stream().map(VirtualNode::preference).toList();
  }
}
