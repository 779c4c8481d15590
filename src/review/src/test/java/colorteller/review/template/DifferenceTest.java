package colorteller.review.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DifferenceTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "{'a': 1}; {'a': 1}; []",
        "{'a': 1}; {'a': 2}; [/a: 1 → 2]",
        "{'a': 1}; {}; [/a: 1 → unset]",
        "{'a': [1]}; {}; [/a: gone: [1]]",
        "{}; {'a': {'b': 1}}; [/a: new: {'b':1}]",
        "{'a': []}; {'a': [{'name': 'x'}]}; [/a/x: new: {'name':'x'}]",
        "{'dns_lookup_family': 'V6_ONLY'}; {}; [/dns_lookup_family: \"V6_ONLY\" → \"AUTO\"]",
        "[1, 2, 3]; [1, 3]; [/1: 2 → unset]",
        "['x', 'y']; ['new', 'x', 'y']; [/0: unset → 'new']",
        "[{'a': 1}, {'a': 2}, {'a': 3}]; [{'a': 1}, {'a': 3}]; [/1: gone: {'a':2}]",
        "[{'a': 1}, {'a': 2}]; [{'b': 0}, {'a': 1}, {'a': 5}]; [/0/a: 2 → unset, /0/b: unset → 0, /2: new: {'a':5}]",
        "[{'a': 1}, {'a': 2}]; [{'a': 1}, {'a': 5}]; [/1/a: 2 → 5]",
        "[1, 2]; [2, 1]; [: in another order]",
        "{'1': 'x', '2': 'y'}; {'1': 'y', '2': 'x'}; [/1: 'x' → 'y', /2: 'y' → 'x']",
        "[{'name': 'x'}, {'name': 'y'}]; [{'name': 'y'}]; [/x: gone: {'name':'x'}]",
        "[{'name': 'x'}, {'name': 'y'}]; [{'name': 'y'}, {'name': 'x'}]; []",
        "[{'name': 'x', 'b': 1}, {'name': 'x'}]; [{'name': 'x', 'b': 1}]; [/x (2): gone: {'name':'x'}]",
        "[{'match': {'prefix': '/x'}}, {'match': {'path': '/y'}}]; [{'match': {'path': '/y'}}, {'match': {'prefix': '/x'}}]; [: in another order]",
        "[{'match': {'prefix': '/x'}}]; [{'match': {'prefix': '/y'}}, {'match': {'prefix': '/x'}}]; [/[/y]: new: {'match':{'prefix':'/y'}}]",
      })
  void aLineForEachPlace(String before, String after, String lines) throws IOException {
    assertThat(
            Difference.between(json(before), json(after)).stream().map(Difference::line).toList())
        .hasToString(lines.replace('\'', '"'));
  }

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text.replace('\'', '"'));
  }
}
