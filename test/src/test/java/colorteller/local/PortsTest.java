package colorteller.local;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.cli.LocalMeshes;
import colorteller.mesh.Mesh;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PortsTest {

  /** Without a word between them, about fifty of these thousand ports would be the same. */
  @Test
  void runsAtTheSameTimeChooseDifferentPorts() throws Exception {
    Mesh mesh = LocalMeshes.stage("dns", "v4_only").mesh();
    List<Ports> runs = new ArrayList<>();
    try {
      List<Integer> all = new ArrayList<>();
      for (int run = 0; run < 40; run++) {
        runs.add(new Ports());
        runs.get(run).of(mesh).values().stream().flatMap(PortsTest::numbers).forEach(all::add);
      }
      assertThat(all).hasSizeGreaterThan(1000).doesNotHaveDuplicates();
    } finally {
      for (Ports run : runs) {
        run.close();
      }
    }
  }

  private static Stream<Integer> numbers(ProxyPorts ports) {
    return Stream.of(
            List.of(ports.admin()),
            ports.ingress().values(),
            ports.egress().values(),
            ports.application().values())
        .flatMap(numbers -> numbers.stream());
  }
}
