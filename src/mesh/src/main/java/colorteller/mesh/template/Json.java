package colorteller.mesh.template;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Reads JSON. */
final class Json {

  /** How deep JSON and YAML may be nested: App Mesh needs ten, and recursion stays harmless. */
  static final int DEEPEST = 100;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private Json() {}

  static JsonNode parse(String text, Place place) {
    try {
      return MAPPER.readTree(text);
    } catch (StreamConstraintsException e) {
      throw place.error(
          "is nested more than %d deep, or has a number or a text that is too long"
              .formatted(DEEPEST));
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw place.error(
          "is not JSON: %s%s"
              .formatted(
                  at == null
                      ? ""
                      : "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr()),
                  e.getOriginalMessage()));
    }
  }
}
