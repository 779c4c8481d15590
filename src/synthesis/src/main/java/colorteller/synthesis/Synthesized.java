package colorteller.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the app said and wrote.
 *
 * @param said to a person, line by line
 * @param files the text of each file that is read of the CDK's cloud assembly, by its path in it
 */
record Synthesized(List<String> said, Map<String, String> files) {

  /**
   * Templates, what lists them, and which assets they have; of the assets the documents of meshes.
   */
  private static final Pattern READ =
      Pattern.compile(
          "([^/]+/)?([^/]+\\.(template|assets|mesh)|asset\\.[^/]+|manifest|stages)\\.json");

  static Synthesized in(Path directory, List<String> said) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory, 2)) {
      for (Path file : all.toList()) {
        String name = directory.relativize(file).toString();
        if (READ.matcher(name).matches()) {
          files.put(name, Files.readString(file));
        }
      }
    }
    return new Synthesized(said, files);
  }

  /** From the JSON that Jackson makes of it. */
  static Synthesized of(JsonNode json) {
    List<String> said = json.path("said").valueStream().map(JsonNode::asText).toList();
    Map<String, String> files = new TreeMap<>();
    json.path("files").properties().forEach(e -> files.put(e.getKey(), e.getValue().asText()));
    return new Synthesized(said, files);
  }

  void writeTo(Path directory) throws IOException {
    for (Map.Entry<String, String> entry : files.entrySet()) {
      Path file = directory.resolve(entry.getKey());
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(file, entry.getValue());
    }
  }
}
