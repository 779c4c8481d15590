package colorteller.cli.review;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The golden templates of one revision.
 *
 * @param files by folder (a stage), then by the name of the stack
 */
record TemplateSet(Map<String, Map<String, Path>> files) {

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final String ENDING = ".template.json";

  /** All templates of a folder that holds a folder for each stage; none if there is no folder. */
  static TemplateSet in(Path folder) throws IOException {
    Map<String, Map<String, Path>> files = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> all = Files.walk(folder, 2)) {
        all.filter(file -> file.toString().endsWith(ENDING))
            .forEach(
                file ->
                    files
                        .computeIfAbsent(
                            folder.relativize(file).getName(0).toString(), s -> new TreeMap<>())
                        .put(file.getFileName().toString().replace(ENDING, ""), file));
      }
    }
    return new TemplateSet(files);
  }

  Optional<Path> file(String stage, String stack) {
    return Optional.ofNullable(files.getOrDefault(stage, Map.of()).get(stack));
  }

  /**
   * A template without what changes with each line of an asset's source; empty if there is none.
   */
  JsonNode template(String stage, String stack) {
    Optional<Path> file = file(stage, stack);
    if (file.isEmpty()) {
      return JSON.createObjectNode();
    }
    try {
      JsonNode template = JSON.readTree(Reviewer.withoutHashes(Files.readString(file.get())));
      if (!template.path("Resources").isObject()
          || !template.path("Resources").valueStream().allMatch(TemplateSet::isResource)) {
        throw new CannotTell(
            "%s/%s is not a template: it needs Resources, each with a Type"
                .formatted(stage, stack));
      }
      return template;
    } catch (JsonProcessingException e) {
      throw new CannotTell(
          "%s/%s is not JSON: line %d: %s"
              .formatted(stage, stack, e.getLocation().getLineNr(), e.getOriginalMessage()));
    } catch (IOException e) {
      throw new CannotTell("%s cannot be read: %s".formatted(file.get(), e.getMessage()));
    }
  }

  private static boolean isResource(JsonNode resource) {
    return resource.path("Type").isTextual()
        && (!resource.has("Properties") || resource.path("Properties").isObject());
  }
}
