package colorteller.mesh.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.Backend;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Listener;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.VirtualService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class MeshReaderTest {

  @TempDir Path folder;

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
                    VirtualNode.of(
                        "red",
                        IpPreference.NONE,
                        Optional.of(Listener.of(9080, Protocol.HTTP)),
                        Optional.of(new ServiceDiscovery.CloudMap("svc.local", "123456789012-v6"))),
                    "blue",
                    new VirtualNode(
                        "blue",
                        IpPreference.NONE,
                        List.of(),
                        Optional.empty(),
                        List.of(new Backend("red.local", Optional.empty())),
                        Optional.empty(),
                        Optional.empty()))));
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
    assertThat(pink.listener()).hasValue(Listener.of(8080, Protocol.HTTP));
  }

  @Test
  void onlyTheSelectedElementIsNeeded() throws IOException {
    assertThat(read("MeshName: !Select [1, [!ImportValue other, colors]]").name())
        .isEqualTo("colors");
  }

  /** Each node's name is that of the next, twice: resolved in time that does not double. */
  @Test
  @Timeout(10)
  void namesThatDouble() throws IOException {
    StringBuilder text = new StringBuilder("MeshName: colors");
    for (int i = 0; i <= 40; i++) {
      String next = "!GetAtt N" + (i + 1) + ".VirtualNodeName";
      text.append("\n  N").append(i).append(":\n    Type: AWS::AppMesh::VirtualNode");
      text.append("\n    Properties:\n      MeshName: colors\n      Spec: {}");
      text.append("\n      VirtualNodeName: ");
      text.append(i == 40 ? "''" : "!Join ['', [" + next + ", " + next + "]]");
    }
    assertThatThrownBy(() -> read(text.toString()))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("VirtualNodeName: must be 1 to 255 characters");
  }

  private Mesh read(String properties) throws IOException {
    Path file = folder.resolve("t.yaml");
    Files.writeString(
        file,
        "Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      " + properties);
    return MeshReader.read(Template.read(file, Map.of()));
  }
}
