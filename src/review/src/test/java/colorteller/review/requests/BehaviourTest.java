package colorteller.review.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import colorteller.review.template.CannotTell;
import colorteller.review.template.ChangedTemplate;
import colorteller.review.template.TemplateSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which templates belong together. */
class BehaviourTest {

  private static final Path GOLDEN = Path.of("../../test/src/test/resources/templates");
  private static final String SERVICES = "app-mesh-ipv6-dns-ecs-service.template.json";

  @TempDir Path folder;

  /** The golden templates of some stages, which a test may change. */
  private Path golden(String name, String... stages) throws IOException {
    Path copy = folder.resolve(name);
    for (String stage : stages) {
      Files.createDirectories(copy.resolve(stage));
      try (Stream<Path> files = Files.list(GOLDEN.resolve(stage))) {
        for (Path file : files.toList()) {
          Files.copy(file, copy.resolve(stage).resolve(file.getFileName()));
        }
      }
    }
    return copy;
  }

  private static void mauve(Path services) throws IOException {
    String golden = Files.readString(GOLDEN.resolve("v4_only").resolve(SERVICES));
    Files.writeString(services, golden.replace("\"Value\": \"red\"", "\"Value\": \"mauve\""));
  }

  private static List<RequestChange> changes(Path before, Path after) throws IOException {
    TemplateSet then = TemplateSet.in(before);
    TemplateSet now = TemplateSet.in(after);
    List<ChangedTemplate> changed = then.changedIn(now);
    return Behaviour.of(now, changed).requestsAgainst(Behaviour.of(then, changed)).changes();
  }

  @Test
  void aStagesOwnServicesComeFirst() throws IOException {
    Path before = golden("before", "custom", "v4_only");
    Path after = golden("after", "custom", "v4_only");
    mauve(after.resolve("custom").resolve(SERVICES));

    assertThat(changes(before, after))
        .extracting(RequestChange::stage, RequestChange::path, RequestChange::after)
        .containsOnly(tuple("custom", "/red", "mauve"));
  }

  @Test
  void whichOfTwoServicesIsNotGuessed() throws IOException {
    Path before = golden("before", "custom", "v4_only", "v6_only");
    Path after = golden("after", "custom", "v4_only", "v6_only");
    mauve(after.resolve("custom").resolve(SERVICES));

    assertThatThrownBy(() -> changes(before, after))
        .isInstanceOf(CannotTell.class)
        .hasMessageContaining("stage v6_only has no template of app-mesh-ipv6-dns-ecs-service");
  }

  @Test
  void meshesOfOneVariantAreKeptApart() throws IOException {
    Path before = golden("before", "v4_only");
    Path after = golden("after", "v4_only");
    Path stage = after.resolve("v4_only");
    for (String stack : List.of("dns-mesh", "ecs-cluster")) {
      Files.copy(
          stage.resolve("app-mesh-ipv6-%s.template.json".formatted(stack)),
          stage.resolve("zz-%s.template.json".formatted(stack)));
    }
    mauve(stage.resolve("zz-dns-ecs-service.template.json"));

    assertThat(changes(before, after)).extracting(RequestChange::mesh).containsOnly("zz-dns-mesh");
  }
}
