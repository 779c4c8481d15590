package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Evaluates CloudFormation's functions, one value at a time and only when it is asked for: what
 * only a deployment knows counts only where somebody needs it.
 */
public final class Intrinsics {

  /** What is put in place of a value that only a deployment knows. */
  public interface Unknown {

    /** Nothing: it is an error. */
    Unknown IS_AN_ERROR =
        (function, reference, why) -> {
          throw why;
        };

    /**
     * What is put there.
     *
     * @param function what the template has there
     * @param reference what it refers to, as {@code Fn::Sub} writes it, such as {@code Role.Arn};
     *     empty if it is more than a reference
     * @param why it is not known
     */
    JsonNode of(JsonNode function, Optional<String> reference, TemplateException why);
  }

  /** Longer than what a template says in one value; ends texts that double at every reference. */
  static final int LONGEST_TEXT = 100_000;

  private final Functions functions;
  private final Unknown unknown;
  private final Intrinsics strict;

  /**
   * Makes an evaluator.
   *
   * @param scope what the names in the functions stand for
   * @param unknown what is put in place of what the scope does not know. Where it is in the middle
   *     of a text (of {@code Fn::Join}, {@code Fn::Sub}), the rest of the text is evaluated; of any
   *     other function the whole is unknown with one of its arguments
   */
  public Intrinsics(Scope scope, Unknown unknown) {
    this.functions = new Functions(scope, this);
    this.unknown = unknown;
    this.strict =
        unknown == Unknown.IS_AN_ERROR ? this : new Intrinsics(scope, Unknown.IS_AN_ERROR);
  }

  /**
   * Resolves the outermost function of a value, not what is inside an object or a list; missing for
   * {@code AWS::NoValue}.
   */
  public JsonNode resolve(JsonNode node, Place place) {
    Optional<String> function = function(node);
    if (function.isEmpty()) {
      return node;
    }
    String name = function.get();
    if (node.size() > 1) {
      throw place.error(
          "%s must stand alone, but other keys stand beside it".formatted(quote(name)));
    }
    return functions.call(name, node, place);
  }

  /** The name of the function that a value calls. */
  public static Optional<String> function(JsonNode node) {
    if (!node.isObject()) {
      return Optional.empty();
    }
    return node.propertyStream()
        .map(Map.Entry::getKey)
        .filter(name -> name.equals("Ref") || name.startsWith("Fn::"))
        .findFirst();
  }

  /** The text that a value is; numbers and booleans are text, too. */
  public String text(JsonNode node, Place place) {
    JsonNode value = resolve(node, place);
    if (value.isMissingNode()) {
      throw place.error("AWS::NoValue is not allowed here; a value is needed");
    }
    if (value.isContainerNode() || value.isNull()) {
      throw place.error("must be text, but is " + Words.show(value));
    }
    String text = value.asText();
    if (text.contains("{{resolve:")) {
      TemplateException why =
          place.symbolic(
              "the dynamic reference %s is resolved only by a deployment; write the value, or make it a parameter"
                  .formatted(quote(text)));
      return unknown(value, why).asText();
    }
    if (text.length() > LONGEST_TEXT) {
      throw place.error("is longer than %d characters".formatted(LONGEST_TEXT));
    }
    return text;
  }

  /** The elements of a list, resolved, without those that are {@code AWS::NoValue}. */
  public List<JsonNode> list(JsonNode node, Place place) {
    return elements(node, place, element -> true);
  }

  /**
   * The elements of a list without those that are {@code AWS::NoValue}; of the others, only those
   * that a test asks for are resolved.
   */
  List<JsonNode> elements(JsonNode node, Place place, Predicate<JsonNode> test) {
    JsonNode value = resolve(node, place);
    if (!value.isArray()) {
      throw place.error("must be a list, but is " + Words.show(value));
    }
    List<JsonNode> elements = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      // A function in a list is resolved here, where its place is known.
      JsonNode element = value.get(i);
      JsonNode resolved = test.test(element) ? resolve(element, place.at(i)) : element;
      if (!resolved.isMissingNode()) {
        elements.add(resolved);
      }
    }
    return elements;
  }

  /** The same, with what only a deployment knows as an error. */
  Intrinsics strict() {
    return strict;
  }

  JsonNode unknown(JsonNode function, TemplateException why) {
    return unknown.of(function, Optional.empty(), why);
  }

  /** A value that a reference stands for. */
  JsonNode known(String function, String reference, Supplier<JsonNode> value) {
    try {
      return value.get();
    } catch (TemplateException.Symbolic e) {
      return unknown.of(
          JsonNodeFactory.instance.objectNode().put(function, reference),
          Optional.of(reference),
          e);
    }
  }
}
