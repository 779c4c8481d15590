package colorteller.cli.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which templates belong together. */
class BehaviourTest {

  private static final Path GOLDEN = Path.of("../../test/src/test/resources/templates");
  private static final String SERVICES = "app-mesh-ipv6-dns-ecs-service";

  @TempDir Path folder;

  private static TemplateSet golden(String... stages) throws IOException {
    Map<String, Map<String, Path>> files = new TreeMap<>(TemplateSet.in(GOLDEN).files());
    files.keySet().retainAll(Set.of(stages));
    return new TemplateSet(files);
  }

  private Path withMauve() throws IOException {
    String services =
        Files.readString(GOLDEN.resolve("v4_only").resolve(SERVICES + ".template.json"));
    return Files.writeString(
        folder.resolve("mauve.json"),
        services.replace("\"Value\": \"red\"", "\"Value\": \"mauve\""));
  }

  @Test
  void aStagesOwnServicesComeFirst() throws IOException {
    TemplateSet after = golden("custom", "v4_only");
    after.files().get("custom").put(SERVICES, withMauve());

    assertThat(Behaviour.of(after).requestsUnlike(Behaviour.of(golden("custom", "v4_only"))))
        .extracting(RequestChange::stage, RequestChange::path, RequestChange::after)
        .containsOnly(tuple("custom", "/red", "mauve"));
  }

  @Test
  void whichOfTwoServicesIsNotGuessed() throws IOException {
    TemplateSet after = golden("custom", "v4_only", "v6_only");
    after.files().get("custom").put(SERVICES, withMauve());

    assertThatThrownBy(() -> Behaviour.of(after))
        .isInstanceOf(CannotTell.class)
        .hasMessageContaining("stage v6_only has no template of " + SERVICES);
  }

  @Test
  void meshesOfOneVariantAreKeptApart() throws IOException {
    TemplateSet after = golden("v4_only");
    Map<String, Path> stacks = after.files().get("v4_only");
    stacks.put("zz-dns-mesh", stacks.get("app-mesh-ipv6-dns-mesh"));
    stacks.put("zz-dns-ecs-service", withMauve());
    stacks.put("zz-ecs-cluster", stacks.get("app-mesh-ipv6-ecs-cluster"));

    assertThat(Behaviour.of(after).requestsUnlike(Behaviour.of(golden("v4_only"))))
        .extracting(RequestChange::mesh)
        .containsOnly("zz-dns-mesh");
  }
}
