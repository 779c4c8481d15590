package colorteller.mesh.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What AWS says of the properties of App Mesh's resource types: {@code app-mesh.schema.json}, which
 * {@code src/mesh/update-schema} takes from AWS's packages.
 */
final class AppMeshSchema {

  /** Has no meaning for a mesh, and may hold what only a deployment knows. */
  static final String TAGS = "Tags";

  private static final Map<String, JsonNode> TYPES = types(read());
  private static final Map<String, JsonSchema> VALIDATORS = validators();

  private AppMeshSchema() {}

  private static JsonNode read() {
    try (InputStream file =
        Objects.requireNonNull(AppMeshSchema.class.getResourceAsStream("app-mesh.schema.json"))) {
      return new ObjectMapper().readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, JsonNode> types(JsonNode root) {
    Map<String, JsonNode> types = new LinkedHashMap<>();
    root.path("$defs").properties().forEach(type -> types.put(type.getKey(), type.getValue()));
    return types;
  }

  private static Map<String, JsonSchema> validators() {
    JsonSchemaFactory factory = JsonSchemaFactory.getInstance(VersionFlag.V202012);
    SchemaValidatorsConfig config = SchemaValidatorsConfig.builder().build();
    Map<String, JsonSchema> validators = new LinkedHashMap<>();
    TYPES.forEach((type, schema) -> validators.put(type, factory.getSchema(schema, config)));
    return validators;
  }

  /** Whether a CloudFormation type is one of App Mesh's. */
  static boolean has(String type) {
    return TYPES.containsKey(type);
  }

  static Collection<String> types() {
    return TYPES.keySet();
  }

  /** The schema of a type's properties. */
  static JsonNode properties(String type) {
    return Objects.requireNonNull(TYPES.get(type), type);
  }

  /** What is wrong with the properties of a resource. */
  static Collection<ValidationMessage> validate(String type, JsonNode properties) {
    return Objects.requireNonNull(VALIDATORS.get(type), type).validate(properties);
  }

  /** The schema of a property of an object, or of the elements of a list. */
  static JsonNode child(JsonNode schema, Object step) {
    return step instanceof Integer
        ? schema.path("items")
        : schema.path("properties").path(step.toString());
  }

  /** Whether a schema describes nothing that is there. */
  static boolean isUnknown(JsonNode schema) {
    return schema instanceof MissingNode;
  }

  /** The properties that name a resource and what it belongs to, as its ARN lists them. */
  static List<String> nameProperties(String type) {
    return properties(type).path("properties").properties().stream()
        .map(Map.Entry::getKey)
        .filter(property -> property.endsWith("Name"))
        .toList();
  }

  /** The property that names a resource itself. */
  static String nameProperty(String type) {
    List<String> names = nameProperties(type);
    return names.get(names.size() - 1);
  }
}
