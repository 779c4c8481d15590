package colorteller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import colorteller.review.Review.Gate;
import colorteller.review.Reviewer;
import colorteller.review.stacks.DifferenceEngine;
import colorteller.review.template.CannotTell;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a change of the golden templates means, for a pull request. */
@Command(
    name = "review",
    description =
        "Compare the golden templates of this working tree with those of a git revision, and say what"
            + " changes: resources, security, cost, requests, Envoys.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:Nothing changes or, with --fail-on, nothing of what it names.",
      "1:Something changes.",
      "2:It cannot be told.",
      "3:This machine lacks something."
    })
final class ReviewCommand implements Callable<Integer> {

  /** How a review is written. */
  enum Format {
    markdown,
    json
  }

  /** As many digits of a commit's name as a person reads. */
  private static final int SHORT = 12;

  private static final String TEMPLATES = "test/src/test/resources/templates";

  @Mixin Help help = new Help();

  @Parameters(
      arity = "0..1",
      paramLabel = "BASE",
      description = "A git revision. Default: where this branch left the main branch.")
  @Nullable String base;

  @Option(
      names = "--fail-on",
      split = ",",
      paramLabel = "security|replacement|requests|none",
      description =
          "End with 1 only if something is opened, something is replaced, or a request gives something"
              + " else; with none, at no change. Can be repeated.")
  List<Gate> gates = List.of();

  @Option(
      names = "--format",
      paramLabel = "markdown|json",
      description = "How the review is written. Default: markdown.")
  Format format = Format.markdown;

  @Override
  public Integer call() throws InterruptedException {
    Machine.requireNode("a review asks the CDK's difference engine");
    if (!Files.isDirectory(Machine.root().resolve("node_modules/@aws-cdk/cloudformation-diff"))) {
      throw new MissingTool("CDK's difference engine is not installed: npm ci");
    }
    try {
      String revision = base == null ? mergeBase() : commit(base);
      Reviewer.Result result = compareWith(revision);
      write(result.text());
      if (!result.changes()) {
        hintAtStaleTemplates(revision);
      }
      return status(result);
    } catch (CannotTell e) {
      throw new UnusableInput("It cannot be told: " + e.getMessage());
    } catch (IOException e) {
      throw new UnusableInput("It cannot be told: " + e);
    }
  }

  /** In UTF-8, since another locale would lose characters; a reader may end before. */
  private static void write(String text) throws IOException {
    try {
      new FileOutputStream(FileDescriptor.out).write(text.getBytes(UTF_8));
    } catch (IOException e) {
      if (!"Broken pipe".equals(e.getMessage())) {
        throw e;
      }
    }
  }

  private int status(Reviewer.Result result) {
    result
        .stopped()
        .forEach(
            gate -> WalkthroughCommand.say("--fail-on %s: there is such a change".formatted(gate)));
    if (result.cannotTell().isPresent() && (gates.isEmpty() || gates.contains(Gate.requests))) {
      WalkthroughCommand.say(
          "It cannot be told what requests give: " + result.cannotTell().orElseThrow());
      return ExitStatus.UNUSABLE_INPUT;
    }
    boolean fails = gates.isEmpty() ? result.changes() : !result.stopped().isEmpty();
    return fails ? ExitStatus.DIFFERS : ExitStatus.AS_EXPECTED;
  }

  private Reviewer.Result compareWith(String revision) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("walkthrough-review-");
    // Also where Ctrl-C ends it.
    Thread deletion = new Thread(() -> delete(folder), "delete");
    Runtime.getRuntime().addShutdownHook(deletion);
    try (DifferenceEngine engine = new DifferenceEngine(Machine.root())) {
      extract(revision, folder);
      return Reviewer.review(
          engine,
          folder.resolve(TEMPLATES),
          Machine.root().resolve(TEMPLATES),
          base == null || base.equals(revision)
              ? revision.substring(0, SHORT)
              : "%s (%s)".formatted(base, revision.substring(0, SHORT)),
          gates,
          format == Format.json);
    }
  }

  /** The golden templates are not those of the app until somebody renews them. */
  private static void hintAtStaleTemplates(String revision)
      throws IOException, InterruptedException {
    if (git("diff", "--quiet", revision, "--", "src/infra/src/main", "cdk.json").isEmpty()) {
      WalkthroughCommand.say(
          "The app differs, its golden templates do not. If they are out of date, renew them: mvn -B verify -Ptemplates");
    }
  }

  /** Where this branch left the main branch of the remote, or of this repository. */
  private static String mergeBase() throws IOException, InterruptedException {
    for (String main : List.of("origin/main", "main")) {
      Optional<String> found = git("merge-base", "HEAD", main);
      if (found.isPresent()) {
        return found.get().strip();
      }
    }
    throw new UnusableInput(
        git("rev-parse", "--git-dir").isEmpty()
            ? "git does not take %s for a repository of yours, so there is nothing to compare with; see: git status"
                .formatted(Machine.root())
            : "there is no commit that this branch shares with main; name a revision: ./walkthrough review REVISION"
                + shallow());
  }

  private static String commit(String revision) throws IOException, InterruptedException {
    Optional<String> found =
        git("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}");
    if (found.isEmpty()) {
      throw new UnusableInput(
          "'%s' is not a git revision of this project; name a commit, a branch or a tag%s"
              .formatted(revision, shallow()));
    }
    return found.get().strip();
  }

  /** As clones of build services are. */
  private static String shallow() throws IOException, InterruptedException {
    return git("rev-parse", "--is-shallow-repository").orElse("").strip().equals("true")
        ? "; this clone is shallow, and git fetch --unshallow gets the rest"
        : "";
  }

  private static void extract(String revision, Path folder)
      throws IOException, InterruptedException {
    if (git("cat-file", "-e", revision + ":" + TEMPLATES).isEmpty()) {
      // A revision before the first golden template.
      return;
    }
    Path archive = folder.resolve("templates.tar");
    if (git("archive", "--output", archive.toString(), revision, TEMPLATES).isEmpty()
        || run(List.of("tar", "-x", "-f", archive.toString(), "-C", folder.toString())).isEmpty()) {
      throw new UnusableInput("the templates of %s cannot be read from git".formatted(revision));
    }
  }

  private static Optional<String> git(String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  /** What a command prints; empty if it fails. */
  private static Optional<String> run(List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Machine.root().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    // A hook of git sets these for the repository that it is of.
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new MissingTool(
          "No %s: there is no '%1$s' on PATH, and a review needs it.".formatted(command.get(0)));
    }
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    return process.waitFor() == 0 ? Optional.of(printed) : Optional.empty();
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      WalkthroughCommand.say("%s cannot be deleted: %s".formatted(folder, e));
    }
  }
}
