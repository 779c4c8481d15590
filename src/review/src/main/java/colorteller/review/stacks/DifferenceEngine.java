package colorteller.review.stacks;

import colorteller.review.template.CannotTell;
import colorteller.review.template.ChangedTemplate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CDK's own difference engine, which knows what CloudFormation replaces. It is JavaScript: {@code
 * difference.js} asks it.
 *
 * @param root the folder that {@code node_modules} is in
 */
public record DifferenceEngine(Path root) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the engine says of each pair. */
  public Map<ChangedTemplate, JsonNode> differences(List<ChangedTemplate> pairs)
      throws IOException {
    Map<ChangedTemplate, JsonNode> result = new LinkedHashMap<>();
    if (pairs.isEmpty()) {
      return result;
    }
    ArrayNode input = JSON.createArrayNode();
    for (ChangedTemplate pair : pairs) {
      ObjectNode both = input.addObject();
      both.set("before", pair.before());
      both.set("after", pair.after());
    }
    Process node =
        new ProcessBuilder("node", "src/review/src/main/js/difference.js")
            .directory(root.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream to = node.getOutputStream()) {
      to.write(JSON.writeValueAsBytes(input));
    }
    String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!ended(node)) {
      throw new CannotTell("what changes in the stacks, for the reason above");
    }
    JsonNode output = JSON.readTree(said);
    for (int i = 0; i < pairs.size(); i++) {
      result.put(pairs.get(i), output.path(i));
    }
    return result;
  }

  private static boolean ended(Process node) {
    try {
      return node.waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      node.destroy();
      return false;
    }
  }
}
