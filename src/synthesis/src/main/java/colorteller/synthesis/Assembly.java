package colorteller.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The CDK's cloud assembly: what {@code cdk deploy} would deploy.
 *
 * @param templates by stack name, in the order in which they are deployed
 * @param bootstrapVersion the version of the CDK's bootstrap stack that it needs
 * @param bootstrapParameter the SSM parameter that holds the version of the account's
 * @param buildsImages whether Docker has to build an image
 * @param documents the texts of the assets that are documents of meshes, by their keys in S3
 */
public record Assembly(
    Map<String, JsonNode> templates,
    int bootstrapVersion,
    String bootstrapParameter,
    boolean buildsImages,
    Map<String, String> documents) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static Assembly read(Path directory) throws IOException {
    Map<String, JsonNode> templates = new LinkedHashMap<>();
    int version = 0;
    String parameter = "";
    for (JsonNode artifact :
        JSON.readTree(directory.resolve("manifest.json").toFile()).path("artifacts")) {
      if (artifact.path("type").asText().equals("aws:cloudformation:stack")) {
        JsonNode properties = artifact.path("properties");
        String file = properties.path("templateFile").asText();
        templates.put(
            file.replace(".template.json", ""), JSON.readTree(directory.resolve(file).toFile()));
        version = Math.max(version, properties.path("requiresBootstrapStackVersion").asInt());
        parameter = properties.path("bootstrapStackVersionSsmParameter").asText();
      }
    }
    List<JsonNode> assets = assets(directory);
    return new Assembly(
        templates,
        version,
        parameter,
        assets.stream().anyMatch(stack -> !stack.path("dockerImages").isEmpty()),
        documents(directory, assets));
  }

  /** What each stack has of assets. */
  private static List<JsonNode> assets(Path directory) throws IOException {
    List<JsonNode> assets = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".assets.json")).toList()) {
        assets.add(JSON.readTree(file.toFile()));
      }
    }
    return assets;
  }

  private static Map<String, String> documents(Path directory, List<JsonNode> assets)
      throws IOException {
    Map<String, String> documents = new TreeMap<>();
    for (JsonNode stack : assets) {
      for (JsonNode file : stack.path("files")) {
        String path = file.at("/source/path").asText();
        if (path.startsWith("asset.") && path.endsWith(".json")) {
          for (JsonNode destination : file.path("destinations")) {
            documents.put(
                destination.path("objectKey").asText(), Files.readString(directory.resolve(path)));
          }
        }
      }
    }
    return documents;
  }

  /** The same without some stacks, by their names. */
  public Assembly without(Predicate<String> stacks) {
    Map<String, JsonNode> kept = new LinkedHashMap<>(templates);
    kept.keySet().removeIf(stacks);
    return new Assembly(kept, bootstrapVersion, bootstrapParameter, buildsImages, documents);
  }

  /** Whether a template has resources of App Mesh. */
  public boolean needsAppMesh() {
    return templates.values().stream()
        .flatMap(template -> template.path("Resources").valueStream())
        .anyMatch(resource -> resource.path("Type").asText().startsWith("AWS::AppMesh::"));
  }

  /** The EC2 key pair that an instance asks for. */
  public Optional<String> keyPair() {
    return templates.values().stream()
        .flatMap(template -> template.path("Resources").valueStream())
        .map(resource -> resource.at("/Properties/KeyName").asText())
        .filter(name -> !name.isEmpty())
        .findFirst();
  }

  /** The name of the stack that holds a variant's services. */
  public String serviceStack(String variant) {
    return stack("-%s-ecs-service".formatted(variant));
  }

  /** The name of a variant's mesh in App Mesh. */
  public String meshName(String variant) {
    return property(variant, "AWS::AppMesh::Mesh", "MeshName").orElseThrow();
  }

  /** The SSM parameter that points at a variant's mesh; empty where App Mesh has it. */
  public Optional<String> meshDocument(String variant) {
    return property(variant, "AWS::SSM::Parameter", "Name");
  }

  private Optional<String> property(String variant, String type, String property) {
    return Objects.requireNonNull(templates.get(stack("-%s-mesh".formatted(variant))))
        .path("Resources")
        .valueStream()
        .filter(resource -> resource.path("Type").asText().equals(type))
        .map(resource -> resource.path("Properties").path(property).asText())
        .findFirst();
  }

  private String stack(String ending) {
    return templates.keySet().stream()
        .filter(name -> name.endsWith(ending))
        .findFirst()
        .orElseThrow();
  }
}
