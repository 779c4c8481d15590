package colorteller.mesh.template;

import colorteller.mesh.Mesh;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.nio.file.Path;
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
public record MeshPointer(
    String bucket, String key, Map<String, String> parameters, Map<String, String> imports) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> FIELDS = List.of("template", "parameters", "imports");

  /**
   * Reads a parameter's value.
   *
   * @param parameter its name, for errors
   * @throws TemplateException which says what is wrong
   */
  public static MeshPointer parse(String parameter, String text) {
    Place place = Place.of(Path.of(parameter));
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw place.error("is no JSON: " + e.getOriginalMessage());
    }
    root.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                throw place.error(
                    "has a field '%s'; allowed are %s".formatted(name, String.join(", ", FIELDS)));
              }
            });
    String template = root.path("template").asText();
    URI location;
    try {
      location = URI.create(template);
    } catch (IllegalArgumentException e) {
      throw notAnObject(place, template);
    }
    if (!"s3".equals(location.getScheme())
        || location.getAuthority() == null
        || location.getPath().length() < 2) {
      throw notAnObject(place, template);
    }
    return new MeshPointer(
        location.getAuthority(),
        location.getPath().substring(1),
        texts(place, root, "parameters"),
        texts(place, root, "imports"));
  }

  /**
   * The mesh of the template that this points at.
   *
   * @param text the template's
   * @throws TemplateException if it cannot be read, or needs a value that is neither in it nor in
   *     the parameter
   */
  public Mesh mesh(String text) {
    return MeshReader.readKnown(Template.of(bucket + "/" + key, text, parameters, imports));
  }

  private static TemplateException notAnObject(Place place, String template) {
    return place.error(
        "names the template '%s'; allowed is an object of S3, such as s3://bucket/key"
            .formatted(template));
  }

  private static Map<String, String> texts(Place place, JsonNode root, String field) {
    Map<String, String> texts = new LinkedHashMap<>();
    JsonNode object = root.path(field);
    if (!object.isMissingNode() && !object.isObject()) {
      throw place.error("has %s that are no object of texts".formatted(field));
    }
    object
        .properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isTextual()) {
                throw place.error(
                    "has %s of which '%s' is no text".formatted(field, entry.getKey()));
              }
              texts.put(entry.getKey(), entry.getValue().textValue());
            });
    return texts;
  }
}
