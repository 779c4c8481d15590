package colorteller.mesh.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.Mesh;
import colorteller.mesh.Outside;
import colorteller.mesh.template.Intrinsics.Unknown;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is put in place of what only a deployment knows; and what is known all the same. */
class IntrinsicsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Place HERE = Place.of(Path.of("t")).child("Here");

  /** References as Fn::Sub writes them; other functions as question marks. */
  private static final Unknown WRITTEN =
      (function, reference, why) ->
          new TextNode(reference.map(name -> "${" + name + "}").orElse("?"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'Ref': 'Role'}                                                   | ${Role}
          {'Fn::GetAtt': ['Role', 'Arn']}                                   | ${Role.Arn}
          {'Fn::GetAtt': 'Role.Arn'}                                        | ${Role.Arn}
          {'Fn::ImportValue': {'Fn::Join': ['-', [{'Ref': 'Net'}, 'Vpc']]}} | ${${Net}-Vpc}
          {'Fn::Join': ['/', ['a', {'Ref': 'B'}, {'Ref': 'AWS::NoValue'}]]} | a/${B}
          {'Fn::Sub': ['${A}-${B}-${!C}', {'A': {'Fn::GetAZs': ''}}]}       | ?-${B}-${C}
          {'Fn::Select': [1, ['a', 'b', {'Ref': 'C'}]]}                     | b
          {'Fn::Select': [2, ['a', 'b', {'Ref': 'C'}]]}                     | ?
          {'Fn::Split': ['-', {'Fn::Join': ['-', ['a', {'Ref': 'B'}]]}]}    | ?
          {'Fn::If': ['Prod', 'a', 'b']}                                    | ?
          {'Fn::FindInMap': ['M', 'a', 'b']}                                | ?
          """)
  void withoutATemplate(String function, String text) throws IOException {
    JsonNode value = JSON.readTree(function.replace('\'', '"'));
    assertThat(new Intrinsics(Scope.NOTHING, WRITTEN).text(value, HERE)).isEqualTo(text);
    Intrinsics strict = new Intrinsics(Scope.NOTHING, Unknown.IS_AN_ERROR);
    if (text.matches(".*[$?].*")) {
      assertThatThrownBy(() -> strict.text(value, HERE))
          .isInstanceOf(TemplateException.Symbolic.class);
    } else {
      assertThat(strict.text(value, HERE)).isEqualTo(text);
    }
  }

  @Test
  void whatIsNoFunctionIsAnErrorAnyway() throws IOException {
    JsonNode value = JSON.readTree("{\"Fn::Joined\": []}");
    assertThatThrownBy(() -> new Intrinsics(Scope.NOTHING, WRITTEN).text(value, HERE))
        .hasMessageStartingWith("t: Here: 'Fn::Joined' is no function of CloudFormation; allowed");
  }

  @Test
  void importsAreWhatIsGivenOrTakenAsGiven(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("t.yaml");
    Files.writeString(
        file,
        """
        Parameters: {Net: {Type: String, Default: net}}
        Resources:
          Mesh:
            Type: AWS::AppMesh::Mesh
            Properties:
              MeshName: !Join ['-', [!ImportValue {'Fn::Sub': '${Net}:Name'}, mesh]]
        """);
    Template given = Template.read(file, Map.of(), Map.of("net:Name", "colors"));
    assertThat(MeshReader.read(given).name()).isEqualTo("colors-mesh");
    Mesh taken = MeshReader.read(Template.read(file, Map.of()));
    assertThat(taken.name()).isEqualTo("net-Name-mesh");
    assertThat(taken.outside()).containsExactly(new Outside("value", "net-Name"));
  }
}
