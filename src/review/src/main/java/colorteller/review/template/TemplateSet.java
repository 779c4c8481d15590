package colorteller.review.template;

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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The golden templates of one revision.
 *
 * @param entries by folder (a stage), then by the name of the stack
 */
public record TemplateSet(Map<String, Map<String, Entry>> entries) {

  /**
   * A template.
   *
   * @param template without what changes with each line of an asset's source
   */
  public record Entry(Path file, JsonNode template) {}

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  // Only where CDK writes one: the tag of an image, a value of a project, the name of a file or
  // what
  // a pipeline publishes, to where, the version of a function. An image's digest says what runs.
  private static final Map<Pattern, String> HASHES =
      Map.of(
          Pattern.compile(
              "(container-assets-\\$\\{AWS::AccountId}-\\$\\{AWS::Region}:)[0-9a-f]{64}"),
          "$1ASSET_HASH",
          Pattern.compile(
              "(_PROJECT_CONFIG_HASH\\\\\",\\\\\"type\\\\\":\\\\\"PLAINTEXT\\\\\",\\\\\"value\\\\\":\\\\\")[0-9a-f]{64}"),
          "$1ASSET_HASH",
          Pattern.compile("[0-9a-f]{64}(\\.zip\"|:current_account-current_region)"),
          "ASSET_HASH$1",
          Pattern.compile("(current_account-current_region-)[0-9a-f]{8}"),
          "$1DESTINATION_HASH",
          Pattern.compile("(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}"),
          "$1VERSION_HASH");

  private static final String ENDING = ".template.json";

  /**
   * The folder of what {@code backend=envoy} has of its own. The documents of its meshes are the
   * mesh stacks' templates in the folders of the stages.
   */
  public static final String OWN_ENVOYS = "own-envoys";

  /**
   * All templates of a folder that holds a folder for each stage; none if there is no folder.
   *
   * @throws CannotTell if a file is no template
   */
  public static TemplateSet in(Path folder) throws IOException {
    Map<String, Map<String, Entry>> entries = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      List<Path> files;
      try (Stream<Path> all = Files.walk(folder, 2)) {
        files = all.filter(file -> file.toString().endsWith(ENDING)).toList();
      }
      for (Path file : files) {
        Path name = folder.relativize(file);
        entries
            .computeIfAbsent(name.getName(0).toString(), s -> new TreeMap<>())
            .put(
                file.getFileName().toString().replace(ENDING, ""),
                new Entry(file, read(file, name.toString())));
      }
    }
    return new TemplateSet(entries);
  }

  private static JsonNode read(Path file, String name) throws IOException {
    try {
      JsonNode template = JSON.readTree(withoutHashes(Files.readString(file)));
      if (!template.path("Resources").isObject()
          || !template.path("Resources").valueStream().allMatch(TemplateSet::isResource)) {
        throw new CannotTell(
            "%s is not a template: it needs Resources, each with a Type".formatted(name));
      }
      return template;
    } catch (JsonProcessingException e) {
      throw new CannotTell(
          "%s is not JSON: line %d: %s"
              .formatted(name, e.getLocation().getLineNr(), e.getOriginalMessage()));
    }
  }

  /**
   * A template as a golden file holds it: hashes of assets and of functions' versions change with
   * each line of their source, and say nothing to a reviewer.
   */
  public static String withoutHashes(String template) {
    String without = template;
    for (Map.Entry<Pattern, String> hash : HASHES.entrySet()) {
      without = hash.getKey().matcher(without).replaceAll(hash.getValue());
    }
    return without;
  }

  /** A logical id without CDK's hash; of a function's version another one follows. */
  public static String withoutHash(String id) {
    return id.replaceFirst("(?<=.)[0-9A-F]{8}(VERSION_HASH)?$", "");
  }

  private static boolean isResource(JsonNode resource) {
    return resource.path("Type").isTextual()
        && (!resource.has("Properties") || resource.path("Properties").isObject());
  }

  public Optional<Path> file(String stage, String stack) {
    return Optional.ofNullable(entries.getOrDefault(stage, Map.of()).get(stack)).map(Entry::file);
  }

  /** A template; empty if there is none. */
  public JsonNode template(String stage, String stack) {
    Entry entry = entries.getOrDefault(stage, Map.of()).get(stack);
    return entry == null ? JSON.createObjectNode() : entry.template();
  }

  /** The templates that are not the same in another set, that of after. */
  public List<ChangedTemplate> changedIn(TemplateSet after) {
    List<ChangedTemplate> changed = new ArrayList<>();
    for (String stage : union(entries.keySet(), after.entries.keySet())) {
      for (String stack :
          union(
              entries.getOrDefault(stage, Map.of()).keySet(),
              after.entries.getOrDefault(stage, Map.of()).keySet())) {
        ChangedTemplate both =
            new ChangedTemplate(stage, stack, template(stage, stack), after.template(stage, stack));
        if (!both.before().equals(both.after())) {
          changed.add(both);
        }
      }
    }
    return changed;
  }

  public static <T extends Comparable<T>> Set<T> union(Collection<T> one, Collection<T> other) {
    Set<T> all = new TreeSet<>(one);
    all.addAll(other);
    return all;
  }
}
