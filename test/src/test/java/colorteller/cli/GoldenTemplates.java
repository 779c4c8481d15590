package colorteller.cli;

import static org.assertj.core.api.Assertions.fail;

import colorteller.acceptance.Command;
import colorteller.review.Reviewer;
import colorteller.review.stacks.DifferenceEngine;
import colorteller.review.template.CannotTell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The templates that a reviewer reads.
 *
 * @param folder holds a folder for each stage, that of {@code backend=envoy}, and the pipeline's
 */
record GoldenTemplates(Path folder) {

  static final GoldenTemplates OURS =
      new GoldenTemplates(Path.of("test/src/test/resources/templates"));

  private static final int LINES = 40;

  /**
   * Fails if they are not these, with the command that renews them and what changes, in short.
   *
   * @param synthesized texts by name, such as {@code v4_only/STACK.template.json}
   * @param scratch an empty folder
   */
  void areThese(Map<String, String> synthesized, Path scratch) throws IOException {
    if (Boolean.getBoolean("update-golden")) {
      renew(synthesized);
    }
    Map<String, String> golden = read();
    TreeSet<String> names = new TreeSet<>(golden.keySet());
    names.addAll(synthesized.keySet());
    names.removeIf(name -> Objects.equals(golden.get(name), synthesized.get(name)));
    if (!names.isEmpty()) {
      new GoldenTemplates(scratch).renew(synthesized);
      fail(
          "Golden templates are out of date; renew them with: mvn -B verify -Ptemplates%n%n- %s%n%n%s",
          String.join("\n- ", names), difference(scratch));
    }
  }

  private String difference(Path now) throws IOException {
    try (DifferenceEngine engine = new DifferenceEngine(Command.root())) {
      Reviewer.Result review =
          Reviewer.review(engine, folder, now, "the golden templates", List.of(), false);
      if (!review.changes()) {
        return "Only their formatting, or hashes, change.";
      }
      List<String> lines = review.text().lines().toList();
      String more = "\n(%d lines more)".formatted(lines.size() - LINES);
      return lines.stream().limit(LINES).collect(Collectors.joining("\n"))
          + (lines.size() > LINES ? more : "");
    } catch (CannotTell e) {
      return String.valueOf(e.getMessage());
    }
  }

  private Map<String, String> read() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return texts;
  }

  private void renew(Map<String, String> synthesized) throws IOException {
    for (String name : read().keySet()) {
      if (!synthesized.containsKey(name)) {
        Files.delete(folder.resolve(name));
      }
    }
    for (Map.Entry<String, String> template : synthesized.entrySet()) {
      Path file = folder.resolve(template.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, template.getValue());
    }
  }
}
