package colorteller.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.services.appmesh.model.GatewayRouteData;
import software.amazon.awssdk.services.appmesh.model.MeshData;
import software.amazon.awssdk.services.appmesh.model.VirtualGatewayData;
import software.amazon.awssdk.services.appmesh.model.VirtualNodeData;
import software.amazon.awssdk.services.appmesh.model.VirtualServiceData;

/** Every property that App Mesh's API can give has a name that templates are read by. */
class TemplateJsonTest {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** A resource of a type with one property, at any depth, and nothing else. */
  private record OneProperty(String type, JsonNode properties) {

    @Override
    public String toString() {
      return type + " " + properties;
    }
  }

  static Stream<OneProperty> properties() {
    return Stream.of(
            all("Mesh", MeshData.builder()),
            all("VirtualGateway", VirtualGatewayData.builder()),
            all("GatewayRoute", GatewayRouteData.builder()),
            all("VirtualService", VirtualServiceData.builder()),
            all("VirtualNode", VirtualNodeData.builder()))
        .flatMap(each -> each);
  }

  private static Stream<OneProperty> all(String type, Object builder) {
    return ((SdkPojo) builder)
        .sdkFields().stream()
            .filter(field -> !List.of("metadata", "status").contains(field.locationName()))
            .flatMap(TemplateJsonTest::below)
            .map(properties -> new OneProperty(type, properties));
  }

  private static Stream<JsonNode> below(SdkField<?> field) {
    return values(field)
        .map(value -> JSON.objectNode().set(TemplateJson.spelled(field.locationName()), value));
  }

  private static Stream<JsonNode> values(SdkField<?> field) {
    if (field.marshallingType() == MarshallingType.LIST) {
      return values(field.getTrait(ListTrait.class).memberFieldInfo())
          .map(element -> JSON.arrayNode().add(element));
    }
    return field.marshallingType() == MarshallingType.SDK_POJO
        ? field.constructor().get().sdkFields().stream().flatMap(TemplateJsonTest::below)
        : Stream.of(TextNode.valueOf("1"));
  }

  @ParameterizedTest
  @MethodSource
  void properties(OneProperty property) {
    ObjectNode template = JSON.objectNode();
    template
        .putObject("Resources")
        .putObject("It")
        .put("Type", "AWS::AppMesh::" + property.type())
        .set("Properties", property.properties());
    // It is no whole mesh; but it is not for the property's name that it is refused.
    assertThat(catchThrowable(() -> MeshReader.read(Template.of("t", template))))
        .satisfiesAnyOf(
            refused -> assertThat(refused).isNull(),
            refused -> assertThat(refused).hasMessageNotContaining("has no such property"));
  }
}
