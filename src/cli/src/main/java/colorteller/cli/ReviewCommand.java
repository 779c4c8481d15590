package colorteller.cli;

import colorteller.cli.review.CannotTell;
import colorteller.cli.review.Review;
import colorteller.cli.review.Reviewer;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
      "2:It cannot be told."
    })
final class ReviewCommand implements Callable<Integer> {

  /** How a review is written. */
  enum Format {
    markdown,
    json
  }

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
  List<Review.Gate> gates = List.of();

  @Option(
      names = "--format",
      paramLabel = "markdown|json",
      description = "How the review is written. Default: markdown.")
  Format format = Format.markdown;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Machine.requireNode();
    if (!Files.isDirectory(Machine.root().resolve("node_modules/@aws-cdk/cloudformation-diff"))) {
      throw new MissingTool("CDK's difference engine is not installed: npm ci");
    }
    String revision = base == null ? mergeBase() : commit(base);
    Path folder = Files.createTempDirectory("walkthrough-review-");
    try {
      extract(revision, folder);
      Reviewer.Result result =
          Reviewer.review(
              Machine.root(),
              folder.resolve(TEMPLATES),
              Machine.root().resolve(TEMPLATES),
              base == null || base.equals(revision) ? revision.substring(0, 12) : base,
              gates,
              format == Format.json);
      System.out.print(result.text());
      result
          .stopped()
          .forEach(gate -> Walkthrough.say("--fail-on %s: there is such a change".formatted(gate)));
      boolean fails = gates.isEmpty() ? result.changes() : !result.stopped().isEmpty();
      return fails ? ExitStatus.DIFFERS : ExitStatus.AS_EXPECTED;
    } catch (CannotTell e) {
      if (format == Format.markdown) {
        System.out.printf("**It cannot be told** what this changes. %s%n", e.getMessage());
      }
      throw new UnusableInput(String.valueOf(e.getMessage()));
    } finally {
      delete(folder);
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
        "there is no branch main to compare with; name a revision: ./walkthrough review REVISION");
  }

  private static String commit(String revision) throws IOException, InterruptedException {
    return git("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
        .map(String::strip)
        .orElseThrow(
            () ->
                new UnusableInput(
                    "'%s' is not a git revision of this project; name a commit, a branch or a tag"
                        .formatted(revision)));
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
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(Machine.root().toFile())
              .redirectError(ProcessBuilder.Redirect.to(new File("/dev/null")))
              .start();
    } catch (IOException e) {
      throw new MissingTool(
          "No %s: there is no '%1$s' on PATH, and a review needs it.".formatted(command.get(0)));
    }
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? Optional.of(printed) : Optional.empty();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
