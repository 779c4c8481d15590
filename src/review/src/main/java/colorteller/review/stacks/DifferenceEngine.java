package colorteller.review.stacks;

import colorteller.review.template.CannotTell;
import colorteller.review.template.ChangedTemplate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CDK's own difference engine, which knows what CloudFormation replaces. It is JavaScript, in a
 * process that takes a while to be ready: who starts it first can do other things meanwhile.
 */
public final class DifferenceEngine implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process node;
  private final BufferedReader answers;

  /**
   * Starts it.
   *
   * @param root the folder that {@code node_modules} is in
   */
  public DifferenceEngine(Path root) throws IOException {
    node =
        new ProcessBuilder("node", "src/review/src/main/js/difference.js")
            .directory(root.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers = node.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * What the engine says of each pair.
   *
   * @throws CannotTell if it cannot read one, or has ended
   */
  public synchronized Map<ChangedTemplate, JsonNode> differences(List<ChangedTemplate> pairs)
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
    JsonNode answer = JSON.readTree(ask(JSON.writeValueAsString(input)));
    if (answer.has("error")) {
      throw new CannotTell(
          "CDK's difference engine cannot read a template: " + answer.path("error").asText());
    }
    for (int i = 0; i < pairs.size(); i++) {
      result.put(pairs.get(i), answer.path("differences").path(i));
    }
    return result;
  }

  private String ask(String line) {
    try {
      OutputStream to = node.getOutputStream();
      to.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      to.flush();
      String answer = answers.readLine();
      if (answer != null) {
        return answer;
      }
    } catch (IOException e) {
      // It has ended, and has said why.
    }
    throw new CannotTell("what changes in the stacks, for the reason above");
  }

  @Override
  public void close() {
    node.destroy();
  }
}
