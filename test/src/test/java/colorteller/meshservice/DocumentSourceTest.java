package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.acceptance.Moto;
import colorteller.mesh.Mesh;
import colorteller.verification.DocumentSource;
import colorteller.verification.VerificationException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.ssm.SsmClient;

/** {@code verify} reads the mesh that a control plane of our own serves. */
class DocumentSourceTest {

  private static Moto moto;
  private Colors colors;

  @BeforeAll
  static void start() throws Exception {
    moto = new Moto();
  }

  @AfterAll
  static void stop() {
    moto.close();
  }

  @BeforeEach
  void deploy() throws Exception {
    colors = new Colors(moto, List.of("red"));
    colors.deploy(9080, Map.of("red", 9081));
  }

  private static Mesh read(String parameter) {
    return new DocumentSource(
            moto.client(SsmClient.builder(), Colors.REGION),
            moto.client(S3Client.builder().forcePathStyle(true), Colors.REGION),
            parameter)
        .read();
  }

  @Test
  void theMeshIsThatOfTheDocumentThatIsPointedAtNow() throws Exception {
    Mesh mesh = read(colors.parameter());
    assertThat(mesh.name()).isEqualTo(colors.name());
    assertThat(mesh.nodes()).containsOnlyKeys("red");

    colors.deploy(9080, Map.of("red", 9081, "blue", 9082));
    assertThat(read(colors.parameter()).nodes()).containsOnlyKeys("red", "blue");
  }

  @Test
  void whatCannotBeReadIsSaidInOneLine() throws Exception {
    assertFails("/no/mesh", "there is no SSM parameter '/no/mesh' here; deploy the mesh's stack");
    colors.point(
        JsonNodeFactory.instance.objectNode().put("template", "s3://documents/gone").toString());
    assertFails(
        colors.parameter(),
        "the document that '%s' points at cannot be read".formatted(colors.parameter()));
    colors.point(JsonNodeFactory.instance.objectNode().put("template", "nowhere").toString());
    assertFails(colors.parameter(), "names the template 'nowhere'; allowed is an object of S3");
    colors.deploy("{\"Resources\": {\"Mesh\": {\"Type\": \"AWS::S3::Bucket\"}}}");
    assertFails(colors.parameter(), "the template has no parameter 'MeshName', which was given");
  }

  private static void assertFails(String parameter, String says) {
    assertThatThrownBy(() -> read(parameter))
        .isInstanceOf(VerificationException.class)
        .hasMessageContaining(says)
        .message()
        .doesNotContain("\n");
  }
}
