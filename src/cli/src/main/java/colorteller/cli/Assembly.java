package colorteller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The CDK's cloud assembly: what {@code cdk deploy} would deploy.
 *
 * @param templates by stack name, in the order in which they are deployed
 */
record Assembly(Map<String, JsonNode> templates) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static Assembly read(Path directory) throws IOException {
    Map<String, JsonNode> templates = new LinkedHashMap<>();
    for (JsonNode artifact :
        JSON.readTree(directory.resolve("manifest.json").toFile()).path("artifacts")) {
      if (artifact.path("type").asText().equals("aws:cloudformation:stack")) {
        String file = artifact.at("/properties/templateFile").asText();
        templates.put(
            file.replace(".template.json", ""), JSON.readTree(directory.resolve(file).toFile()));
      }
    }
    return new Assembly(templates);
  }
}
