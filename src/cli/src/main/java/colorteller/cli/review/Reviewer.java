package colorteller.cli.review;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Reviews the golden templates of one folder against those of another. */
public final class Reviewer {

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  // Only where CDK writes one: the tag of an image, the name of a file, what a pipeline publishes,
  // and
  // of a project. An image's digest says what runs.
  private static final Pattern ASSET_HASH =
      Pattern.compile(
          "(?<=container-assets-\\$\\{AWS::AccountId}-\\$\\{AWS::Region}:"
              + "|_PROJECT_CONFIG_HASH\\\\\",\\\\\"type\\\\\":\\\\\"PLAINTEXT\\\\\",\\\\\"value\\\\\":\\\\\")"
              + "[0-9a-f]{64}"
              + "|[0-9a-f]{64}(?=\\.zip\"|:current_account-current_region)");

  /**
   * A review, as text.
   *
   * @param text Markdown, or JSON
   * @param changes whether anything changes
   * @param stopped the gates at which it stops
   */
  public record Result(String text, boolean changes, List<Review.Gate> stopped) {}

  private Reviewer() {}

  /**
   * Compares.
   *
   * @param root the project's folder, with {@code node_modules}
   * @param base how the report names what it compares with
   * @param json whether the text is JSON
   * @throws CannotTell if a template cannot be read
   */
  public static Result review(
      Path root, Path before, Path after, String base, List<Review.Gate> gates, boolean json)
      throws IOException {
    Review review = Review.of(before, after, new DifferenceEngine(root));
    return new Result(
        json ? json(review, base) : MarkdownReview.of(review, base),
        !review.isEmpty(),
        gates.stream().filter(review::stopsAt).toList());
  }

  /**
   * A template as a golden file holds it: hashes of assets and of functions' versions change with
   * each line of their source, and say nothing to a reviewer.
   */
  public static String withoutHashes(String template) {
    return ASSET_HASH
        .matcher(template)
        .replaceAll("ASSET_HASH")
        .replaceAll("(current_account-current_region-)[0-9a-f]{8}", "$1DESTINATION_HASH")
        .replaceAll("(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}", "$1VERSION_HASH");
  }

  private static String json(Review review, String base) throws IOException {
    ObjectNode json = JSON.createObjectNode().put("base", base);
    json.setAll((ObjectNode) JSON.valueToTree(review));
    return JSON.writeValueAsString(json) + "\n";
  }
}
