package colorteller.mesh.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.Mesh;
import colorteller.mesh.Outside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mesh of several templates. */
class TemplatesTest {

  @TempDir Path folder;

  @BeforeEach
  void templates() throws IOException {
    write(
        "a-nodes.yaml",
        """
        Parameters: {Project: {Type: String}, Port: {Type: Number, Default: 8080}}
        Resources:
          Red:
            Type: AWS::AppMesh::VirtualNode
            Properties:
              MeshName: !ImportValue {'Fn::Sub': '${Project}:Mesh'}
              VirtualNodeName: red
              Spec:
                Listeners: [{PortMapping: {Port: !Ref Port, Protocol: http}}]
                ServiceDiscovery: {DNS: {Hostname: !ImportValue network-host}}
        """);
    write(
        "b-mesh.yml",
        """
        Parameters: {Project: {Type: String}}
        Resources:
          Mesh: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: !Sub '${Project}-mesh'}}
        Outputs:
          Name: {Value: !GetAtt Mesh.MeshName, Export: {Name: !Sub '${Project}:Mesh'}}
        """);
    write("network.json", "{\"Resources\": {\"Vpc\": {\"Type\": \"AWS::EC2::VPC\"}}}");
    write("notes.txt", "AWS::AppMesh::Mesh");
  }

  @Test
  void aFolderIsItsTemplatesOfAppMesh() {
    List<Template> read = read(Map.of("Project", "p", "Port", "9090"), folder);
    assertThat(read)
        .extracting(template -> String.valueOf(template.file().getFileName()))
        .containsExactly("a-nodes.yaml", "b-mesh.yml");
    Mesh mesh = MeshReader.read(read);
    assertThat(mesh.name()).isEqualTo("p-mesh");
    assertThat(mesh.nodes().get("red").listener().orElseThrow().port()).isEqualTo(9090);
    // Nobody exports the host.
    assertThat(mesh.outside()).containsExactly(new Outside("value", "network-host"));
  }

  @Test
  void aTemplateThatIsNamedTwiceIsReadOnce() {
    Path nodes = folder.resolve("a-nodes.yaml");
    assertThat(read(Map.of("Project", "p"), folder, nodes, folder.resolve("b-mesh.yml")))
        .hasSize(2);
  }

  @Test
  void aParameterThatNoTemplateHas() {
    assertThatThrownBy(() -> read(Map.of("Project", "p", "Prot", "1"), folder))
        .hasMessage(
            folder
                + ": neither this template nor another has the parameter 'Prot', which was given");
  }

  /** A stack's name is its file's, which the default of a parameter cannot know. */
  @Test
  void aStackThatExportsByAnotherName() throws IOException {
    write(
        "b-mesh.yml",
        """
        Resources:
          Mesh: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: shop}}
        Outputs:
          Name: {Value: !GetAtt Mesh.MeshName, Export: {Name: !Sub '${AWS::StackName}:Mesh'}}
        """);
    assertThatThrownBy(() -> MeshReader.read(read(Map.of("Project", "infra"), folder)))
        .hasMessageEndingWith(
            "a-nodes.yaml: Red.MeshName: none of the templates exports 'infra:Mesh'; they export 'b-mesh:Mesh' (AWS::StackName is a file's name up to its first dot); give Project another value with --parameter, or add the template that exports it");
    assertThat(MeshReader.read(read(Map.of("Project", "b-mesh"), folder)).nodes())
        .containsOnlyKeys("red");
  }

  @Test
  void aFolderWithoutATemplateOfAppMesh() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> read(Map.of(), empty)).hasMessageStartingWith(empty + ": the folder");
  }

  @Test
  void exportsThatImportEachOther() throws IOException {
    write(
        "b-mesh.yml",
        """
        Resources:
          Mesh: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: !ImportValue there}}
        Outputs:
          Name: {Value: !GetAtt Mesh.MeshName, Export: {Name: 'p:Mesh'}}
        """);
    write(
        "c.yaml",
        """
        Resources: {Topic: {Type: 'AWS::SNS::Topic'}}
        Outputs: {There: {Value: !ImportValue 'p:Mesh', Export: {Name: there}}}
        """);
    assertThatThrownBy(
            () -> MeshReader.read(read(Map.of("Project", "p"), folder, folder.resolve("c.yaml"))))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("depends on itself");
  }

  private static List<Template> read(Map<String, String> parameters, Path... paths) {
    return Templates.read(List.of(paths), parameters);
  }

  /** What is taken as given would be another mesh. */
  @Test
  void whoseMeshItIsMustBeKnownWhereTheMeshIsThere() throws IOException {
    write(
        "c-blue.yaml",
        """
        Parameters: {Mesh: {Type: String}}
        Resources:
          Blue: {Type: 'AWS::AppMesh::VirtualNode', Properties: {MeshName: !Ref Mesh, VirtualNodeName: blue, Spec: {}}}
        """);
    assertThatThrownBy(() -> MeshReader.read(read(Map.of("Project", "p"), folder)))
        .hasMessageEndingWith(
            "c-blue.yaml: Blue.MeshName.Ref: parameter 'Mesh' has no Default and no value was given; give it one");
    Map<String, String> given = Map.of("Project", "p", "Mesh", "p-mesh");
    assertThat(MeshReader.read(read(given, folder)).nodes()).containsOnlyKeys("red", "blue");
  }

  /** One of them is elsewhere, and what is said of one is nothing to the others. */
  @Test
  void oneOfSeveralMeshes() throws IOException {
    write(
        "meshes.yaml",
        """
        Parameters: {Other: {Type: String, Default: second}}
        Resources:
          First: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: first}}
          Second: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: !Ref Other}}
          Red: {Type: 'AWS::AppMesh::VirtualNode', Properties: {MeshName: !GetAtt First.MeshName, VirtualNodeName: red, Spec: {}}}
          Blue:
            Type: AWS::AppMesh::VirtualNode
            Properties:
              MeshName: !GetAtt Second.MeshName
              VirtualNodeName: blue
              Spec: {ServiceDiscovery: {DNS: {Hostname: !ImportValue host-of-blue}}}
          Red2: {Type: 'AWS::AppMesh::VirtualNode', Properties: {MeshName: third, VirtualNodeName: red, Spec: {}}}
        """);
    List<Template> read = read(Map.of(), folder.resolve("meshes.yaml"));
    Mesh first = MeshReader.read(read, Optional.of("first"));
    assertThat(first.nodes()).containsOnlyKeys("red");
    assertThat(first.outside()).isEmpty();
    assertThat(MeshReader.read(read, Optional.of("second")).outside())
        .containsExactly(new Outside("value", "host-of-blue"));
    assertThat(MeshReader.places(read, Optional.of("third")))
        .containsOnlyKeys("VirtualNode/red")
        .containsValue(Place.of(folder.resolve("meshes.yaml")).child("Red2"));
    assertThatThrownBy(() -> MeshReader.read(read, Optional.of("fourth")))
        .hasMessageEndingWith(
            "meshes.yaml: has nothing of a mesh 'fourth'; its meshes are first, second, third");
    assertThatThrownBy(() -> MeshReader.read(read))
        .hasMessageEndingWith("has 2 meshes: first, second; say which is meant, with --mesh NAME");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}
