package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.Option;
import com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Row by row what AWS's own walkthrough deploys, and where this app has it. */
class ParityTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Configuration PATHS =
      Configuration.builder()
          .jsonProvider(new JacksonJsonNodeJsonProvider())
          .options(Option.ALWAYS_RETURN_LIST, Option.SUPPRESS_EXCEPTIONS)
          .build();

  @ParameterizedTest(name = "{0} ({1})")
  @CsvFileSource(
      resources = "/parity.csv",
      delimiterString = " ¦",
      quoteCharacter = '\0',
      maxCharsPerColumn = 10_000)
  void has(String fact, String stack, String path, String there) throws Exception {
    // A stage after the stack's name is another than v4_only.
    String[] place = stack.split(" ", -1);
    Stage stage =
        place.length == 1 ? Stage.V4_ONLY : Stage.valueOf(place[1].toUpperCase(Locale.ROOT));
    Map<String, JsonNode> templates = Synthesized.stage(stage);
    for (Variant variant : Variant.values()) {
      JsonNode template = templates.get("app-mesh-ipv6-" + in(variant, place[0]));
      JsonNode expected = JSON.readTree(in(variant, there));
      assertThat(read(template, in(variant, path)))
          .as(fact)
          .containsExactlyInAnyOrderElementsOf(expected);
      if (expected.isEmpty()) {
        // A path that is misspelled finds nothing either.
        int last = path.lastIndexOf('.');
        assertThat(read(template, in(variant, path.substring(0, last)))).as(fact).isNotEmpty();
        String property = path.substring(last + 1);
        assertThat(Synthesized.everyOption().values())
            .as("%s: %s is elsewhere", fact, property)
            .anyMatch(other -> other.findValue(property) != null);
      }
    }
  }

  private static JsonNode read(JsonNode template, String path) {
    return JsonPath.using(PATHS).parse(template).read(path);
  }

  private static String in(Variant variant, String text) {
    return text.replace("{v}", variant.word());
  }
}
