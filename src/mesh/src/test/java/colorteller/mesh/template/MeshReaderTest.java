package colorteller.mesh.template;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.IpPreference;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualService;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MeshReaderTest {

  private static final Path EVERYTHING = Path.of("src/test/resources/everything.yaml");

  @Test
  void everyFunction() {
    Mesh mesh = MeshReader.read(Template.read(EVERYTHING, Map.of()));
    assertThat(mesh)
        .isEqualTo(
            new Mesh(
                "everything-us-west-2",
                IpPreference.IPV6_ONLY,
                true,
                Map.of(),
                Map.of(
                    "red.local",
                    new VirtualService(
                        "red.local", Optional.of(new VirtualService.Provider.Node("red")))),
                Map.of(),
                Map.of(
                    "red",
                    new VirtualNode(
                        "red",
                        IpPreference.NONE,
                        Optional.of(new Listener(9080, Optional.empty())),
                        Optional.of(new ServiceDiscovery.CloudMap("svc.local", "123456789012-v6")),
                        List.of()),
                    "blue",
                    new VirtualNode(
                        "blue",
                        IpPreference.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        List.of("red.local")))));
  }

  @Test
  void givenParameters() {
    Mesh mesh =
        MeshReader.read(
            Template.read(
                EVERYTHING,
                Map.of(
                    "Stage", "v4", "Port", "8080", "Names", "pink", "AWS::Region", "eu-west-1")));
    assertThat(mesh.name()).isEqualTo("everything-eu-west-1");
    assertThat(mesh.preference()).isEqualTo(IpPreference.IPV4_ONLY);
    VirtualNode pink = mesh.nodes().get("pink");
    assertThat(pink.preference()).isEqualTo(IpPreference.IPV4_ONLY);
    assertThat(pink.listener()).hasValue(new Listener(8080, Optional.empty()));
  }
}
