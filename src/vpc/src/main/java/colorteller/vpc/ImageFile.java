package colorteller.vpc;

import colorteller.local.MeshFailure;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image as its Dockerfile describes it, for a machine without Docker: what would be copied into
 * the image is used where it is.
 *
 * @param command what a container starts, in paths of this machine
 * @param copied where what is in the image is on this machine, by its path there
 */
record ImageFile(List<String> command, SortedMap<String, String> copied) {

  private static final String STAGE = "\nFROM ";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Longer ones first: a file in a folder before the folder. */
  private static final Comparator<String> LONGEST_FIRST =
      Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder());

  /**
   * Reads it.
   *
   * @param folder what {@code docker build} is given
   */
  static ImageFile read(Path folder) {
    String text;
    try {
      text = Files.readString(folder.resolve("Dockerfile")).replaceAll("\\\\\n", " ");
    } catch (IOException e) {
      throw new MeshFailure("%s/Dockerfile cannot be read: %s".formatted(folder, e.getMessage()));
    }
    // Only what is in the last stage is in the image.
    String last = text.substring(text.lastIndexOf(STAGE) + 1);
    SortedMap<String, String> copied = new TreeMap<>(LONGEST_FIRST);
    Matcher copy = Pattern.compile("(?m)^COPY (.+)$").matcher(last);
    while (copy.find()) {
      copied.putAll(copied(folder, List.of(copy.group(1).strip().split("\\s+"))));
    }
    List<String> command = new ArrayList<>(words(last, "ENTRYPOINT"));
    command.addAll(words(last, "CMD"));
    return new ImageFile(here(command, copied), copied);
  }

  private static Map<String, String> copied(Path folder, List<String> words) {
    boolean ofAnotherStage = words.stream().anyMatch(word -> word.startsWith("--from="));
    List<String> paths = words.stream().filter(word -> !word.startsWith("--")).toList();
    String target = paths.get(paths.size() - 1);
    Map<String, String> copied = new TreeMap<>();
    for (String source : paths.subList(0, paths.size() - 1)) {
      copied.put(
          target.endsWith("/") ? target + source : target,
          // Other stages make nothing but a Java runtime.
          ofAnotherStage ? System.getProperty("java.home") : folder.resolve(source).toString());
    }
    return copied;
  }

  private static List<String> words(String text, String instruction) {
    Matcher found = Pattern.compile("(?m)^" + instruction + " (\\[.*])\\s*$").matcher(text);
    try {
      return found.find()
          ? JSON.readTree(found.group(1)).valueStream().map(JsonNode::asText).toList()
          : List.of();
    } catch (JsonProcessingException e) {
      throw new MeshFailure("a Dockerfile has an unusable %s: %s".formatted(instruction, text));
    }
  }

  /** A command of the image in paths of this machine. */
  List<String> here(List<String> words) {
    return here(words, copied);
  }

  private static List<String> here(List<String> words, SortedMap<String, String> copied) {
    return words.stream()
        .map(
            word -> {
              String here = word;
              for (Map.Entry<String, String> path : copied.entrySet()) {
                here = here.replace(path.getKey(), path.getValue());
              }
              return here;
            })
        .toList();
  }
}
