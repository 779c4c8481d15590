package colorteller.acceptance;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import colorteller.cli.WalkthroughCommand;
import colorteller.infra.SettingKeys;
import colorteller.meshservice.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the documents name is there, and what is there they name. */
class DocumentsTest {

  private static final Path ROOT = Command.root();
  private static final Path README = ROOT.resolve("README.md");
  private static final Set<String> NOT_OURS =
      Set.of(".git", ".tools", "node_modules", "target", "cdk.out");
  private static final String WALKTHROUGH = "./walkthrough ";
  private static final Map<String, CommandLine> COMMANDS =
      new CommandLine(WalkthroughCommand.class).getSubcommands();

  static List<Path> documents() throws IOException {
    return files(".md");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("documents")
  void everyLinkLeadsSomewhere(Path document) throws Exception {
    assertThat(document).content().doesNotContain("TODO");
    Markdown markdown = Markdown.read(document);
    for (String link : markdown.links()) {
      if (isOfTheProject(link)) {
        Path target = target(document, link);
        assertThat(target).as(link).exists().startsWithRaw(ROOT);
        String anchor = URI.create(link).getFragment();
        if (anchor != null) {
          assertThat(Markdown.read(target).anchors()).as(link).contains(anchor);
        }
      }
    }
    assertThat(markdown.html()).noneMatch(tag -> tag.contains("href=") || tag.contains("src="));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("documents")
  void everyPathExists(Path document) throws Exception {
    assertThat(Markdown.read(document).code())
        .filteredOn(code -> code.matches("(src|lambda|test|docs|\\.github|\\.ci)(/[\\w.-]+)+"))
        .allSatisfy(path -> assertThat(ROOT.resolve(path)).exists());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("documents")
  void everyCommandAndOptionExists(Path document) throws Exception {
    Markdown markdown = Markdown.read(document);
    Stream.concat(
            markdown.code().stream(), markdown.blocks().stream().flatMap(block -> block.lines()))
        .filter(line -> line.contains(WALKTHROUGH))
        .forEach(DocumentsTest::isACommand);
    assertThat(markdown.code())
        .filteredOn(code -> code.startsWith("--"))
        .allSatisfy(code -> assertThat(allOptions()).contains(code.split("[ =]", 2)[0]));
  }

  private static void isACommand(String line) {
    // Up to a comment, another command, or a file that it is written to.
    String said =
        line.substring(line.indexOf(WALKTHROUGH) + WALKTHROUGH.length()).split(" [#|>&]", 2)[0];
    List<String> words = List.of(said.strip().split("[\\s\\[\\]]+"));
    String name = words.get(0);
    if (!COMMANDS.containsKey(name)) {
      // The script does these itself.
      assertThat(ROOT.resolve("walkthrough")).content().as(line).contains("\n  " + name + ")\n");
      return;
    }
    assertThat(words.stream().filter(word -> word.startsWith("-")).map(word -> word.split("=")[0]))
        .as(line)
        .isSubsetOf(options(COMMANDS.get(name)));
  }

  @Test
  void everyCommandAndOptionIsNamed() throws Exception {
    List<String> named = Markdown.read(ROOT.resolve("docs/commands.md")).rowNames();
    Set<String> commands =
        named.stream()
            .filter(code -> code.startsWith(WALKTHROUGH))
            .map(code -> code.split(" ")[1])
            .collect(toSet());
    assertThat(commands).containsAll(without(COMMANDS.keySet(), "help"));
    assertThat(named.stream().map(code -> code.split(" ")[0]))
        .containsAll(without(allOptions(), "-h", "--help"));
  }

  @Test
  void everySettingIsNamed() throws Exception {
    assertThat(Markdown.read(ROOT.resolve("docs/settings.md")).rowNames())
        .containsExactlyInAnyOrderElementsOf(SettingKeys.all());
  }

  @Test
  void everySettingOfTheControlPlaneIsNamed() throws Exception {
    assertThat(Markdown.read(ROOT.resolve("docs/control-plane.md")).rowNames())
        .containsAll(Stream.of(Settings.Variable.values()).map(Enum::name).toList());
  }

  /** Such as after one of them has got another name. */
  @Test
  void everyClassThatContributorsAreToldOfExists() throws Exception {
    Set<String> classes =
        files(".java").stream()
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .collect(toSet());
    assertThat(Markdown.read(ROOT.resolve("CONTRIBUTING.md")).code())
        .filteredOn(code -> code.matches("[A-Z][a-zA-Z]*[a-z][a-zA-Z]*"))
        .isNotEmpty()
        .allSatisfy(name -> assertThat(classes).contains(name));
  }

  @Test
  void theReadmeIsReadInOneSitting() {
    assertThat(README)
        .content()
        .satisfies(text -> assertThat(text.lines()).hasSizeLessThanOrEqualTo(200));
  }

  @Test
  void theReadmeLeadsToEveryPage() throws Exception {
    Set<Path> reached = new HashSet<>();
    Deque<Path> next = new ArrayDeque<>(List.of(README));
    while (!next.isEmpty()) {
      Path document = next.pop();
      if (reached.add(document)) {
        Markdown.read(document).links().stream()
            .filter(DocumentsTest::isOfTheProject)
            .map(link -> target(document, link))
            .filter(target -> target.toString().endsWith(".md") && Files.exists(target))
            .forEach(next::push);
      }
    }
    // Golden files are not written for a reader of the documents.
    assertThat(reached)
        .containsAll(documents().stream().filter(d -> !d.toString().contains("/src/")).toList());
  }

  private static boolean isOfTheProject(String link) {
    return URI.create(link).getScheme() == null;
  }

  private static Path target(Path document, String link) {
    String path = URI.create(link).getPath();
    return path.isEmpty() ? document : document.resolveSibling(path).normalize();
  }

  private static Set<String> options(CommandLine command) {
    return command.getCommandSpec().optionsMap().keySet();
  }

  private static Set<String> allOptions() {
    return COMMANDS.values().stream()
        .flatMap(command -> options(command).stream())
        .collect(toSet());
  }

  private static List<String> without(Set<String> all, String... some) {
    return all.stream().filter(one -> !List.of(some).contains(one)).toList();
  }

  private static List<Path> files(String ending) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(ending)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }
}
