package colorteller.meshservice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an SSM parameter says of a mesh: which template describes it, and what only its deployment
 * knows. JSON, such as
 *
 * <pre>
 * {"template": "s3://bucket/key",
 *  "parameters": {"AWS::Region": "eu-west-1", "Environment": "test"},
 *  "imports": {"vpc-namespace": "example.local"}}
 * </pre>
 *
 * @param bucket where the template is
 * @param key the template's
 * @param parameters values of the template's parameters, pseudo parameters among them
 * @param imports what other stacks export, by the name of the export
 */
record Document(
    String bucket, String key, Map<String, String> parameters, Map<String, String> imports) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> FIELDS = List.of("template", "parameters", "imports");

  /**
   * Reads a parameter's value.
   *
   * @throws UnusableDocument which says what is wrong
   */
  static Document parse(String text) {
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UnusableDocument("is no JSON: " + e.getOriginalMessage());
    }
    root.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                throw new UnusableDocument(
                    "has a field '%s'; allowed are %s".formatted(name, String.join(", ", FIELDS)));
              }
            });
    String template = root.path("template").asText();
    URI location;
    try {
      location = URI.create(template);
    } catch (IllegalArgumentException e) {
      throw notAnObject(template);
    }
    if (!"s3".equals(location.getScheme())
        || location.getAuthority() == null
        || location.getPath().length() < 2) {
      throw notAnObject(template);
    }
    return new Document(
        location.getAuthority(),
        location.getPath().substring(1),
        texts(root, "parameters"),
        texts(root, "imports"));
  }

  private static UnusableDocument notAnObject(String template) {
    return new UnusableDocument(
        "names the template '%s'; allowed is an object of S3, such as s3://bucket/key"
            .formatted(template));
  }

  private static Map<String, String> texts(JsonNode root, String field) {
    Map<String, String> texts = new LinkedHashMap<>();
    JsonNode object = root.path(field);
    if (!object.isMissingNode() && !object.isObject()) {
      throw new UnusableDocument("has %s that are no object of texts".formatted(field));
    }
    object
        .properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isTextual()) {
                throw new UnusableDocument(
                    "has %s of which '%s' is no text".formatted(field, entry.getKey()));
              }
              texts.put(entry.getKey(), entry.getValue().textValue());
            });
    return texts;
  }
}
