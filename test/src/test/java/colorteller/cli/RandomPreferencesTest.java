package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.local.LoopbackNetwork;
import colorteller.local.Network;
import colorteller.local.Session;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Run;
import colorteller.mesh.report.Scenario;
import colorteller.vpc.NeedsNamespaces;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Custom stages chosen at random, one after the other on the same Envoys. */
class RandomPreferencesTest {

  private static final boolean PROOF = Boolean.getBoolean("proof");

  @ParameterizedTest
  @ValueSource(strings = {"dns", "cloud"})
  void observedIsExpected(String variant) {
    Scenario base = LocalMeshes.stage(variant, "none");
    observedIsExpected(
        base, new LoopbackNetwork(Machine.envoy(), base.mesh(), base.workloads()), PROOF ? 100 : 8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dns", "cloud"})
  @ExtendWith(NeedsNamespaces.class)
  void observedIsExpectedInAVpc(String variant) {
    Scenario base = LocalMeshes.stage(variant, "none");
    observedIsExpected(base, VpcMeshes.network(VpcMeshes.stacks(base)), PROOF ? 50 : 3);
  }

  private static void observedIsExpected(Scenario base, Network network, int stages) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.printf("%s: random stages with -Dseed=%d%n", base.variant().orElseThrow(), seed);
    Random random = new Random(seed);
    try (Session session = new Session(network, base)) {
      for (int i = 0; i < stages; i++) {
        Mesh mesh = withRandomPreferences(base.mesh(), random);
        Run run =
            session.switchTo(
                new Scenario(base.variant(), Optional.of("random " + i), mesh, base.workloads()));
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
