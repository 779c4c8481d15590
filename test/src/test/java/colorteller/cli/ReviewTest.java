package colorteller.cli;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Command;
import colorteller.review.Review.Gate;
import colorteller.review.Reviewer;
import colorteller.review.stacks.DifferenceEngine;
import colorteller.review.template.TemplateSet;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.flipkart.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Prepared changes of the golden templates, {@code review/NAME.json} (JSON Patch), and what a
 * reviewer is told of each, {@code review/NAME.md}.
 */
class ReviewTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path CASES = Path.of("test/src/test/resources/review");
  private static final Path TEMPLATES = Path.of("test/src/test/resources/templates");

  private static DifferenceEngine engine;

  @TempDir Path folder;

  @BeforeAll
  static void startEngine() throws IOException {
    engine = new DifferenceEngine(Command.root());
  }

  @AfterAll
  static void endEngine() {
    engine.close();
  }

  static Stream<String> changes() throws IOException {
    try (Stream<Path> files = Files.list(CASES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .map(name -> name.replace(".json", ""))
          .sorted()
          .toList()
          .stream();
    }
  }

  /** The gates at which a change stops; those that are not here stop at none. */
  private static final Map<String, Set<Gate>> STOPPED =
      Map.ofEntries(
          entry("wider-security-group", Set.of(Gate.security)),
          entry("star-statement", Set.of(Gate.security)),
          entry("new-action", Set.of(Gate.security)),
          entry("condition-removed", Set.of(Gate.security)),
          entry("managed-policy", Set.of(Gate.security)),
          entry("deny-removed", Set.of(Gate.security)),
          entry("target-group-replaced", Set.of(Gate.replacement)),
          entry("bigger-task", Set.of(Gate.replacement)),
          entry("node-renamed", Set.of(Gate.replacement)),
          entry("bastion-size", Set.of(Gate.replacement, Gate.security)),
          entry("application-on-both-families", Set.of(Gate.replacement, Gate.requests)),
          entry("mesh-preference", Set.of(Gate.requests)),
          entry("node-preference", Set.of(Gate.requests)),
          entry("colour-removed", Set.of(Gate.replacement, Gate.requests)),
          entry("target-group-port", Set.of(Gate.replacement)),
          entry("same-name-another-id", Set.of(Gate.replacement)),
          entry("export-removed", Set.of(Gate.replacement)),
          entry("imported-by-others", Set.of(Gate.replacement)),
          entry("type-changed", Set.of(Gate.replacement)),
          entry("log-group-removed", Set.of(Gate.replacement)),
          entry("stack-removed", Set.of(Gate.replacement, Gate.requests)),
          entry("route-added", Set.of(Gate.requests)),
          entry("found-by-ipv6", Set.of(Gate.requests)),
          entry("narrower-security-group", Set.of(Gate.requests)),
          entry("listener-removed", Set.of(Gate.replacement, Gate.requests)),
          entry("gateway-port-in-the-mesh-only", Set.of(Gate.requests)),
          entry("no-task", Set.of(Gate.requests)),
          entry("gateway-cut-off", Set.of(Gate.requests)),
          entry("another-colours-service", Set.of(Gate.requests)),
          entry("name-of-nobody", Set.of(Gate.requests)),
          entry("namespace-renamed", Set.of(Gate.replacement, Gate.requests)),
          entry("application-port", Set.of(Gate.replacement, Gate.requests)),
          entry("envoy-of-nobody", Set.of(Gate.replacement, Gate.requests)),
          entry("catch-all-route", Set.of(Gate.replacement, Gate.requests)),
          entry("envoy-image", Set.of(Gate.security, Gate.replacement)),
          entry("two-stages", Set.of(Gate.requests)),
          entry("internet-gateway-removed", Set.of(Gate.replacement)),
          entry("egress-for-everything", Set.of(Gate.security)),
          entry("export-and-imports-removed", Set.of(Gate.security, Gate.replacement)),
          entry("all-actions-but-some", Set.of(Gate.security)),
          entry("statement-by-condition", Set.of(Gate.security)),
          entry("rules-out-removed", Set.of(Gate.security)),
          entry("icmp", Set.of(Gate.security)),
          entry("trust-widened", Set.of(Gate.security)),
          entry("function-url", Set.of(Gate.security)),
          entry("customer-policy", Set.of(Gate.security)),
          entry("public-bucket", Set.of(Gate.security)),
          entry("public-address", Set.of(Gate.security)),
          entry("new-role", Set.of(Gate.security)),
          entry("repository-of-the-pipeline", Set.of(Gate.security)),
          entry("tokens-optional", Set.of(Gate.security)),
          entry("task-role-swapped", Set.of(Gate.security, Gate.replacement)),
          entry("privileged-container", Set.of(Gate.security, Gate.replacement)),
          entry("own-envoys-document", Set.of(Gate.requests)),
          entry("own-envoys-services", Set.of(Gate.security, Gate.replacement, Gate.requests)),
          entry("image-by-digest", Set.of(Gate.security, Gate.replacement)));

  @ParameterizedTest
  @MethodSource("changes")
  @Execution(ExecutionMode.CONCURRENT)
  void aPreparedChange(String name) throws Exception {
    change(name);
    Reviewer.Result result = review(List.of(Gate.values()));
    Path golden = CASES.resolve(name + ".md");
    if (Boolean.getBoolean("update-golden")) {
      Files.writeString(golden, result.text());
    }
    assertThat(result.text()).isEqualTo(Files.readString(golden));
    assertThat(result.stopped())
        .containsExactlyInAnyOrderElementsOf(STOPPED.getOrDefault(name, Set.of()));
  }

  @Test
  void nothingAtAllIsSaidSo() throws Exception {
    change("formatting-only");
    assertThat(review(List.of()).changes()).isFalse();
    assertThat(review(List.of()).text())
        .isEqualTo("**Nothing changes** in the templates since `the base`.\n");
  }

  @Test
  void aMeshThatCannotBeReadIsNotGuessed() throws Exception {
    change("unknown-property");
    assertThat(review(List.of()).cannotTell().orElseThrow())
        .contains("TLSMode")
        .doesNotContain(folder.toString());
    Reviewer.Result base =
        Reviewer.review(engine, folder.resolve("after"), TEMPLATES, "the base", List.of(), false);
    assertThat(base.cannotTell().orElseThrow()).startsWith("in the base, ");
  }

  /** Where the base cannot be told either, a lost request would go unseen. */
  @Test
  void whatCannotBeToldBeforeNeitherIsNotSilent() throws Exception {
    Path base = folder.resolve("base");
    copy(TEMPLATES, base);
    patch(base, "narrower-security-group");
    copy(base, folder.resolve("after"));
    patch(folder.resolve("after"), "no-task");
    Reviewer.Result result =
        Reviewer.review(engine, base, folder.resolve("after"), "the base", List.of(), false);
    assertThat(result.cannotTell().orElseThrow()).contains("lets only some addresses through");
    assertThat(result.text()).contains("Cannot be told, neither before nor after:");
  }

  /** The command, in a clone of its own with a change in its working tree. */
  @Test
  void theCommandComparesWithGit() throws Exception {
    Path clone = folder.resolve("clone");
    git(Command.root(), "clone", "-q", "--no-hardlinks", ".", clone.toString());
    // What is tested is this working tree, which need not be committed.
    for (Path used : List.of(TEMPLATES, Path.of("src/review/src/main/js"))) {
      copy(Command.root().resolve(used), clone.resolve(used));
    }
    git(clone, "add", "-A");
    git(
        clone,
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        "base");
    git(clone, "branch", "-f", "base");
    git(clone, "remote", "remove", "origin");
    git(clone, "checkout", "-q", "-B", "main");
    for (String built : List.of("node_modules", "src/cli/target", "src/infra/target")) {
      Files.createSymbolicLink(clone.resolve(built), Command.root().resolve(built));
    }

    Command.Result same = run(clone);
    assertThat(same.status()).as(same.err()).isZero();
    assertThat(same.out()).startsWith("**Nothing changes**");

    patch(clone.resolve(TEMPLATES), "wider-security-group");
    Command.Result changed = run(clone, "base");
    assertThat(changed.status()).as(changed.err()).isEqualTo(1);
    assertThat(changed.out())
        .startsWith("# What this changes, since `base (")
        .contains("tcp 22 in from 0.0.0.0/0");
    assertThat(run(clone, "--fail-on", "requests,replacement").status()).isZero();
    Command.Result gate = run(clone, "--fail-on", "security", "--format", "json");
    assertThat(gate.status()).isEqualTo(1);
    assertThat(gate.err()).contains("--fail-on security: there is such a change");
    JsonNode json = JSON.readTree(gate.out());
    assertThat(json.at("/openings/0/after").asText()).isEqualTo("tcp 22 in from 0.0.0.0/0");

    Command.Result unknown = run(clone, "no-such-revision");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err())
        .contains("'no-such-revision' is not a git revision of this project; name a commit");
  }

  private static Command.Result run(Path clone, String... arguments) throws Exception {
    return Command.run(
        Map.of(),
        Command.java(
            "src/cli/target/classes:src/cli/target/lib/*",
            Stream.concat(
                    Stream.of(
                        "-Dwalkthrough.root=" + clone,
                        "colorteller.cli.WalkthroughCommand",
                        "review"),
                    Stream.of(arguments))
                .toArray(String[]::new)));
  }

  private static void git(Path directory, String... arguments) throws Exception {
    Command.Result result =
        Command.run(
            Map.of(),
            Stream.concat(Stream.of("git", "-C", directory.toString()), Stream.of(arguments))
                .toList());
    assertThat(result.status()).as(result.err()).isZero();
  }

  private Reviewer.Result review(List<Gate> gates) throws IOException {
    return Reviewer.review(engine, TEMPLATES, folder.resolve("after"), "the base", gates, false);
  }

  private void change(String name) throws IOException {
    copy(TEMPLATES, folder.resolve("after"));
    patch(folder.resolve("after"), name);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.writeString(target, Files.readString(file));
      }
    }
  }

  private static void patch(Path templates, String name) throws IOException {
    for (JsonNode change : JSON.readTree(CASES.resolve(name + ".json").toFile())) {
      PathMatcher matcher =
          FileSystems.getDefault()
              .getPathMatcher("glob:" + change.path("in").asText() + ".template.json");
      List<Path> matching;
      try (Stream<Path> files = Files.walk(templates)) {
        // What holds of a mesh in every stage changes it nowhere else.
        matching =
            files
                .filter(file -> matcher.matches(templates.relativize(file)))
                .filter(
                    file ->
                        !change.path("in").asText().startsWith("*/")
                            || !file.getParent().endsWith(TemplateSet.OWN_ENVOYS))
                .toList();
      }
      assertThat(matching).isNotEmpty();
      for (Path file : matching) {
        if (!change.has("patch")) {
          Files.delete(file);
          continue;
        }
        JsonNode patched = JsonPatch.apply(change.path("patch"), JSON.readTree(file.toFile()));
        // Written in another format than the CDK's.
        Files.writeString(file, patched.toString());
      }
    }
  }
}
