package colorteller.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What a person is told whose change makes golden templates out of date. */
@DisabledIfSystemProperty(
    named = "update-golden",
    matches = "true",
    disabledReason = "it makes golden templates that are out of date")
class GoldenTemplatesTest {

  private static final String QUEUE =
      """
      {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "%s"}}}}
      """;

  @TempDir Path golden;
  @TempDir Path scratch;

  @Test
  void theCommandAndTheDifferenceInShort() throws Exception {
    Path stage = Files.createDirectory(golden.resolve("v4_only"));
    Files.writeString(stage.resolve("changed.template.json"), QUEUE.formatted("old"));
    Files.writeString(stage.resolve("gone.template.json"), QUEUE.formatted("gone"));
    assertThatThrownBy(() -> compare("new"))
        .hasMessageStartingWith(
            """
            Golden templates are out of date; renew them with: mvn -B verify -Ptemplates

            - v4_only/changed.template.json
            - v4_only/gone.template.json

            # What this changes, since `the golden templates`

            - Resources: 1 replaced, 1 removed
            """);
  }

  @Test
  void aFormatOnly() throws Exception {
    Path stage = Files.createDirectory(golden.resolve("v4_only"));
    Files.writeString(stage.resolve("changed.template.json"), QUEUE.formatted("new") + "\n");
    assertThatThrownBy(() -> compare("new"))
        .hasMessageEndingWith(
            "- v4_only/changed.template.json\n\nOnly their formatting, or hashes, change.");
  }

  @Test
  void nothing() throws Exception {
    Path stage = Files.createDirectory(golden.resolve("v4_only"));
    Files.writeString(stage.resolve("changed.template.json"), QUEUE.formatted("new"));
    compare("new");
    assertThat(scratch).isEmptyDirectory();
  }

  private void compare(String name) throws Exception {
    new GoldenTemplates(golden)
        .areThese(Map.of("v4_only/changed.template.json", QUEUE.formatted(name)), scratch);
  }
}
