package colorteller.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every property of App Mesh becomes something of Envoy's, and a golden pair shows it, or it is
 * said why not: {@code docs/properties.md}, which {@code mvn verify -Dupdate-golden=true} rewrites.
 */
class PropertiesTest {

  private static final Path DATA = Path.of("src/test/resources");
  private static final Path DOCUMENT = Path.of("../../docs/properties.md");
  private static final String TYPE = "AWS::AppMesh::";

  private static final String HEAD =
      """
      # App Mesh's properties

      Every property of App Mesh's resources, what it becomes in the Envoys, and the golden pairs that show it: a mesh in
      [`testdata/in`](../src/control-plane/src/test/resources/testdata/in), and the resources of its Envoys in
      [`testdata/out`](../src/control-plane/src/test/resources/testdata/out). A test writes this page and fails when a
      property is missing. What App Mesh did where nothing is said is in [Your own template](your-template.md#defaults).
      """;

  @Test
  void everyProperty() throws IOException {
    Map<String, Set<String>> shown = shown();
    List<String> missing = new ArrayList<>();
    StringBuilder document = new StringBuilder(HEAD);
    types()
        .forEach(
            (type, schema) -> {
              document
                  .append("\n## ")
                  .append(type)
                  .append("\n\n| property | in Envoy | shown by |");
              document.append("\n|---|---|---|\n");
              leaves(
                  schema,
                  type,
                  property -> {
                    String becomes = becomes(property);
                    Set<String> pairs = shown.getOrDefault(property, Set.of());
                    if (becomes.isEmpty() || (pairs.isEmpty() && !becomes.startsWith("- "))) {
                      missing.add(property + (becomes.isEmpty() ? ": nothing said" : ": no pair"));
                    }
                    document.append(
                        "| `%s` | %s | %s |\n"
                            .formatted(
                                property.substring(type.length() + 1),
                                becomes.replaceFirst("^- ", "nothing: "),
                                pairs(pairs)));
                  });
            });
    assertThat(missing).isEmpty();
    if (Boolean.getBoolean("update-golden")) {
      Files.writeString(DOCUMENT, document);
    }
    assertThat(Files.readString(DOCUMENT)).isEqualTo(document.toString());
  }

  /** The first few are enough: names are in all of them. */
  private static String pairs(Set<String> pairs) {
    return String.join(", ", pairs.stream().limit(3).toList());
  }

  private static Map<String, JsonNode> types() throws IOException {
    Map<String, JsonNode> types = new LinkedHashMap<>();
    try (InputStream schema =
        Objects.requireNonNull(MeshReader.class.getResourceAsStream("app-mesh.schema.json"))) {
      new ObjectMapper()
          .readTree(schema)
          .path("$defs")
          .properties()
          .forEach(type -> types.put(type.getKey().substring(TYPE.length()), type.getValue()));
    }
    return types;
  }

  private static void leaves(JsonNode schema, String path, Consumer<String> visit) {
    if (schema.has("properties")) {
      schema
          .path("properties")
          .properties()
          .forEach(child -> leaves(child.getValue(), path + "." + child.getKey(), visit));
    } else if (schema.has("items")) {
      leaves(schema.path("items"), path + "[]", visit);
    } else {
      visit.accept(path);
    }
  }

  private static String becomes(String property) {
    return TABLE.entrySet().stream()
        .filter(line -> line.getKey().matcher(property).matches())
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  private static final Map<Pattern, String> TABLE = table();

  private static Map<Pattern, String> table() {
    Map<Pattern, String> table = new LinkedHashMap<>();
    try (Stream<String> lines = Files.lines(DATA.resolve("properties.tsv"))) {
      lines
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t"))
          .forEach(columns -> table.put(Pattern.compile(columns[0]), columns[1]));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return table;
  }

  /** The golden pairs in which each property is. */
  private static Map<String, Set<String>> shown() throws IOException {
    Map<String, Set<String>> shown = new TreeMap<>();
    try (Stream<Path> files = Files.list(DATA.resolve("testdata/in"))) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString().replace(".yaml", "");
        for (Template.Resource resource : Template.read(file, Map.of()).resources().values()) {
          if (resource.type().startsWith(TYPE)) {
            properties(
                resource.properties(),
                resource.type().substring(TYPE.length()),
                property -> shown.computeIfAbsent(property, p -> new TreeSet<>()).add(name));
          }
        }
      }
    }
    return shown;
  }

  private static void properties(JsonNode node, String path, Consumer<String> visit) {
    visit.accept(path);
    if (node.isObject()) {
      node.properties()
          .forEach(child -> properties(child.getValue(), path + "." + child.getKey(), visit));
    } else if (node.isArray()) {
      node.forEach(element -> properties(element, path + "[]", visit));
    }
  }
}
