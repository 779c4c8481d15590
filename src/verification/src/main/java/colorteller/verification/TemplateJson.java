package colorteller.verification;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.util.SdkAutoConstructList;

/** What App Mesh's API describes, as a template has it. */
final class TemplateJson {

  /** Where CloudFormation's spelling is more than a capital letter away from the API's. */
  private static final Map<String, String> SPELLED =
      Map.of(
          "acm", "ACM",
          "awsCloudMap", "AWSCloudMap",
          "dns", "DNS",
          "grpc", "GRPC",
          "http", "HTTP",
          "http2", "HTTP2",
          "sds", "SDS",
          "tcp", "TCP",
          "tls", "TLS");

  private TemplateJson() {}

  /** All that is set in an object; numbers are text, as a template may have them. */
  static ObjectNode of(SdkPojo described) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (SdkField<?> field : described.sdkFields()) {
      Object value = field.getValueOrDefault(described);
      // The SDK puts a list of its own where the API gave none.
      if (value != null && !(value instanceof SdkAutoConstructList)) {
        object.set(spelled(field.locationName()), json(value));
      }
    }
    return object;
  }

  private static JsonNode json(Object value) {
    if (value instanceof SdkPojo object) {
      return of(object);
    }
    if (value instanceof List<?> list) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      list.forEach(element -> array.add(json(element)));
      return array;
    }
    return new TextNode(value.toString());
  }

  /** CloudFormation's name of a property of the API. */
  static String spelled(String property) {
    return SPELLED.getOrDefault(
        property, Character.toUpperCase(property.charAt(0)) + property.substring(1));
  }
}
