package colorteller.review;

import colorteller.review.stacks.DifferenceEngine;
import colorteller.review.template.CannotTell;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reviews the golden templates of one folder against those of another. */
public final class Reviewer {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  /**
   * A review, as text.
   *
   * @param text Markdown, or JSON
   * @param changes whether anything changes
   * @param stopped the gates at which it stops
   * @param cannotTell why it is not known what requests give; empty if it is
   */
  public record Result(
      String text, boolean changes, List<Review.Gate> stopped, Optional<String> cannotTell) {}

  private Reviewer() {}

  /**
   * Compares.
   *
   * @param engine CDK's difference engine
   * @param base how the report names what it compares with
   * @param json whether the text is JSON
   * @throws CannotTell if a template cannot be read
   */
  public static Result review(
      DifferenceEngine engine,
      Path before,
      Path after,
      String base,
      List<Review.Gate> gates,
      boolean json)
      throws IOException {
    Review review = Review.of(before, after, engine);
    List<Review.Gate> stopped = gates.stream().distinct().filter(review::stopsAt).toList();
    return new Result(
        json ? json(review, base, stopped) : MarkdownReview.of(review, base),
        !review.isEmpty(),
        stopped,
        review.cannotTell().or(() -> review.unknown().stream().findFirst()));
  }

  private static String json(Review review, String base, List<Review.Gate> stopped)
      throws IOException {
    ObjectNode json = JSON.createObjectNode().put("base", base);
    json.setAll((ObjectNode) JSON.valueToTree(review));
    json.set("stopped", JSON.valueToTree(stopped));
    return JSON.writeValueAsString(json) + "\n";
  }
}
