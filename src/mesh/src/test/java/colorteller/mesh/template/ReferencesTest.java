package colorteller.mesh.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferencesTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String EVERYTHING =
      """
      {"List": [{"Ref": "A"}, {"Fn::GetAtt": ["B", "Arn"]}, {"Fn::GetAtt": "C.Arn"}, "A", 1],
       "Text": {"Fn::Sub": "${D}-${E.Arn}-${!F}-${AWS::Region}-A"},
       "More": {"Fn::Sub": ["${G}", {"H": {"Ref": "I"}}]},
       "Wrong": [{"Ref": ["J"]}, {"Fn::GetAtt": []}, {"Fn::Sub": {}}],
       "Import": {"Fn::ImportValue": "K"}}
      """;

  @Test
  void allAreFound() throws IOException {
    JsonNode value = JSON.readTree(EVERYTHING);
    assertThat(References.in(value)).isEqualTo(Set.of("A", "B", "C", "D", "E", "G", "I"));
    assertThat(References.exportsIn(value)).isEqualTo(Set.of("K"));
  }

  @Test
  void nothingButTheReferencesIsRenamed() throws IOException {
    JsonNode value = JSON.readTree(EVERYTHING);
    assertThat(References.renamed(value, id -> id)).isEqualTo(value);
    assertThat(References.renamed(value, id -> id + "2"))
        .isEqualTo(
            JSON.readTree(
                """
                {"List": [{"Ref": "A2"}, {"Fn::GetAtt": ["B2", "Arn"]}, {"Fn::GetAtt": "C2.Arn"}, "A", 1],
                 "Text": {"Fn::Sub": "${D2}-${E2.Arn}-${!F}-${AWS::Region}-A"},
                 "More": {"Fn::Sub": ["${G2}", {"H": {"Ref": "I2"}}]},
                 "Wrong": [{"Ref": ["J"]}, {"Fn::GetAtt": []}, {"Fn::Sub": {}}],
                 "Import": {"Fn::ImportValue": "K"}}
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'Ref': 'A'}                  | A
          {'Fn::GetAtt': ['A', 'Arn']}  | A
          {'Fn::GetAtt': 'A.Arn'}       | A
          {'Fn::Sub': '${A}'}           |
          'A'                           |
          """)
  void to(String value, String id) throws IOException {
    assertThat(References.to(JSON.readTree(value.replace('\'', '"'))))
        .isEqualTo(Optional.ofNullable(id));
  }
}
