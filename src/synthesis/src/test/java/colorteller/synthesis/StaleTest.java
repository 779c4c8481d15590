package colorteller.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What changes a synthesis, and what does not. */
class StaleTest {

  @TempDir static Path root;

  private static Project project;
  private static final List<String> SETTINGS = new ArrayList<>(List.of("stage=v6_only"));
  private static Path node;

  private interface Action {
    void run() throws Exception;
  }

  private record Change(String what, Action action) {
    @Override
    public String toString() {
      return what;
    }
  }

  @BeforeAll
  static void synthesizeOnce() throws Exception {
    project = new Project(root);
    node = project.node;
    start();
  }

  /** The number of the start that wrote the template that is used now. */
  private static int start() {
    return project
        .synthesis(node)
        .assembly(SETTINGS)
        .templates()
        .get("walkthrough")
        .at("/Metadata/start")
        .asInt();
  }

  static Stream<Change> changes() {
    return Stream.concat(
        Stream.of(
            change("a class", () -> project.flip(Project.FILES.get(0))),
            change("a class more", () -> project.write(classes("New.class"), new byte[1])),
            change("a class less", () -> Files.delete(root.resolve(Project.FILES.get(0)))),
            change("a jar", () -> project.flip("src/infra/target/lib/aws-cdk-lib.jar")),
            change(
                "a jar of another version",
                () ->
                    Files.move(
                        root.resolve("src/infra/target/lib/aws-cdk-lib.jar"),
                        root.resolve("src/infra/target/lib/aws-cdk-lib-3.jar"))),
            change("cdk.json", () -> project.flip("cdk.json", 1, 0)),
            change("no cdk.json", () -> Files.delete(root.resolve("cdk.json"))),
            change("package.json", () -> project.flip("package.json")),
            change(
                "a function's package",
                () -> project.flip("lambda/gateway-targets/target/package/lib/some.jar")),
            change(
                "a function more",
                () -> project.write("lambda/new/target/package/New.class", new byte[1])),
            change(
                "the image's source",
                () -> project.flip("src/colorteller/src/main/java/Colorteller.java")),
            change(
                "what the image leaves out", () -> project.flip("src/colorteller/.dockerignore")),
            change("a link", () -> link("Handler.class")),
            change("a link's end", () -> link("Same.class")),
            change("a setting", () -> SETTINGS.set(0, "stage=v4_only")),
            change("a setting more", () -> SETTINGS.add("natGateways=2")),
            change("the order of settings", () -> SETTINGS.add(SETTINGS.remove(0))),
            change("Node's version", () -> node = project.node("node", "v26.0.0")),
            change("another Node", () -> node = project.node("other/node", "v26.0.0"))),
        Stream.of(
                "CDK_DEFAULT_ACCOUNT",
                "CDK_DEFAULT_REGION",
                "CDK_DEBUG",
                "HOME",
                "JSII_RUNTIME_PACKAGE_CACHE_ROOT",
                "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION",
                "LANG",
                "LC_ALL",
                "LC_CTYPE",
                "LD_LIBRARY_PATH")
            .map(name -> change(name, () -> project.environment.put(name, "C.UTF-8"))));
  }

  private static Change change(String what, Action action) {
    return new Change(what, action);
  }

  private static String classes(String file) {
    return "src/infra/target/classes/" + file;
  }

  /** Leads to another file of the same content. */
  private static void link(String target) throws IOException {
    Path folder = root.resolve("lambda/walkthrough-verifier/target/package");
    Files.write(folder.resolve("Same.class"), Files.readAllBytes(folder.resolve("Handler.class")));
    Files.deleteIfExists(folder.resolve("Link.class"));
    Files.createSymbolicLink(folder.resolve("Link.class"), Path.of(target));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void isSynthesizedAnew(Change change) throws Exception {
    int before = project.starts();
    change.action().run();
    assertThat(start()).isEqualTo(before + 1);
    // Nothing has changed since.
    assertThat(start()).isEqualTo(before + 1);
    assertThat(project.starts()).isEqualTo(before + 1);
  }

  @Test
  void anotherJavaSynthesizesAnew() throws Exception {
    int before = project.starts();
    String version = System.getProperty("java.vm.version");
    try {
      System.setProperty("java.vm.version", "26");
      assertThat(start()).isEqualTo(before + 1);
    } finally {
      System.setProperty("java.vm.version", version);
    }
  }

  @Test
  void stagesAndVariantsAreKeptApart() throws Exception {
    int before = project.starts();
    for (int i = 0; i < 2; i++) {
      Synthesis synthesis = project.synthesis(node);
      synthesis.scenarios("all", List.of("dns"), List.of());
      synthesis.scenarios("all", List.of("cloud"), List.of());
      synthesis.scenarios("all", List.of("dns", "cloud"), List.of());
      synthesis.scenarios("v6_only", List.of("dns"), List.of());
      synthesis.scenarios("v6_only", List.of("dns"), List.of("mesh=none"));
    }
    assertThat(project.starts()).isEqualTo(before + 5);
  }

  @Test
  void whenAFileWasWrittenDoesNotMatter() throws Exception {
    int before = start();
    for (String file : List.of("package.json", "src/colorteller/.dockerignore")) {
      Files.setLastModifiedTime(root.resolve(file), FileTime.fromMillis(0));
    }
    assertThat(start()).isEqualTo(before);
  }

  /** So it cannot matter. */
  @Test
  void theAppIsNotGivenTheRest() throws Exception {
    int before = start();
    Map<String, String> others =
        Map.of(
            "AWS_REGION", "eu-west-1",
            "AWS_SECRET_ACCESS_KEY", "secret",
            "CDK_CONTEXT_JSON", "{\"stage\": \"none\"}",
            "CONTEXT_OVERFLOW_LOCATION_ENV", "/nowhere",
            "HTTPS_PROXY", "http://127.0.0.1:1",
            "JAVA_TOOL_OPTIONS", "-Duser.language=tr",
            "JSII_RUNTIME", "/nowhere",
            "NODE_OPTIONS", "--require=/nowhere",
            "PATH", "/nowhere",
            "TZ", "Asia/Tokyo");
    project.environment.putAll(others);
    assertThat(start()).isEqualTo(before);
    // The same, started anew.
    SETTINGS.add("anew=yes");
    assertThat(start()).isGreaterThan(before);
    assertThat(Files.readAllLines(root.resolve("given")))
        .contains("CDK_OUTDIR", "HOME", "PATH")
        .doesNotContainAnyElementsOf(
            others.keySet().stream().filter(name -> !name.equals("PATH")).toList());
  }
}
