package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.Option;
import com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider;
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
    Map<String, JsonNode> templates = Synthesized.stage(Stage.V4_ONLY);
    for (Variant variant : Variant.values()) {
      JsonNode found =
          JsonPath.using(PATHS)
              .parse(templates.get("app-mesh-ipv6-" + in(variant, stack)))
              .read(in(variant, path));
      assertThat(found)
          .as(fact)
          .containsExactlyInAnyOrderElementsOf(JSON.readTree(in(variant, there)));
    }
  }

  private static String in(Variant variant, String text) {
    return text.replace("{v}", variant.word());
  }
}
