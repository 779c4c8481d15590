package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What {@code ./walkthrough proxies} prints, as a table and as JSON; {@code mvn verify
 * -Dupdate-golden=true} rewrites it.
 */
public final class ProxiesGolden {

  private static final Path DATA = Command.root().resolve("test/src/test/resources/proxies");

  /** What is another in each run, and what stands in its place. */
  private static final Map<String, String> CHANGING = new LinkedHashMap<>();

  static {
    CHANGING.put("mesh-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "MESH");
    CHANGING.put("\\b[0-9a-f]{32}\\b|\\b[0-9a-f]{8}\\b", "VERSION");
    CHANGING.put("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME");
    CHANGING.put("\\d+ s ago", "N s ago");
    CHANGING.put("(127\\.0\\.0\\.1:|_http_)\\d+", "$1PORT");
    // Columns are as wide as what was in them.
    CHANGING.put("(?m)(?<=\\S)  +", "  ");
  }

  private ProxiesGolden() {}

  /**
   * Compares with the files of a name.
   *
   * @param status what the command ends with
   * @param arguments more than {@code proxies}
   */
  public static void same(String name, int status, String... arguments) throws Exception {
    for (String format : List.of("table", "json")) {
      Command.Result result =
          Command.walkthrough(
              Stream.of(Stream.of("proxies"), Stream.of(arguments), Stream.of("--format", format))
                  .flatMap(part -> part)
                  .toArray(String[]::new));
      assertThat(result.err()).isEmpty();
      assertThat(result.status()).as(result.out()).isEqualTo(status);
      String printed = result.out();
      for (Map.Entry<String, String> changing : CHANGING.entrySet()) {
        printed = printed.replaceAll(changing.getKey(), changing.getValue());
      }
      Path golden = DATA.resolve(name + (format.equals("table") ? ".txt" : ".json"));
      if (Boolean.getBoolean("update-golden")) {
        Files.writeString(golden, printed);
      }
      assertThat(printed).as("%s", golden).isEqualTo(Files.readString(golden));
    }
  }
}
