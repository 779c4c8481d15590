package colorteller.mesh.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Templates that are read together: those of one mesh. */
public final class Templates {

  private static final List<String> ENDINGS = List.of(".json", ".yaml", ".yml", ".template");
  private static final String APP_MESH = "AWS::AppMesh::";

  private Templates() {}

  /**
   * Reads templates. What one exports, another may import.
   *
   * @param paths files, and folders whose templates of App Mesh are meant; at least one
   * @param parameters values of parameters; each template gets those that it has
   * @throws TemplateException if one is not a template, or a parameter's value is not allowed
   */
  public static List<Template> read(List<Path> paths, Map<String, String> parameters) {
    List<Path> files = paths.stream().flatMap(path -> files(path).stream()).distinct().toList();
    if (files.size() == 1) {
      return List.of(Template.read(files.get(0), parameters));
    }
    Set<String> unused = new LinkedHashSet<>(parameters.keySet());
    List<Template> templates = new ArrayList<>();
    Exports exports = new Exports(templates);
    for (Path file : files) {
      Set<String> own = names(file);
      Map<String, String> given = new LinkedHashMap<>(parameters);
      given
          .keySet()
          .removeIf(name -> !own.contains(name) && !PseudoParameters.NAMES.contains(name));
      unused.removeAll(given.keySet());
      templates.add(Template.read(file, given, exports));
    }
    if (!unused.isEmpty()) {
      throw Place.of(paths.get(0))
          .error(
              "neither this template nor another has the parameter %s, which was given"
                  .formatted(Words.quote(unused.iterator().next())));
    }
    return templates;
  }

  private static Set<String> names(Path file) {
    String text = TextFile.read(file);
    Place place = Place.of(file);
    JsonNode root = Template.isJson(file, text) ? Json.parse(text, place) : Yaml.parse(text, place);
    Set<String> names = new LinkedHashSet<>();
    root.path("Parameters").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> all = Files.list(path)) {
      List<Path> found =
          all.filter(file -> ENDINGS.stream().anyMatch(file.getFileName().toString()::endsWith))
              .filter(Files::isRegularFile)
              .sorted()
              .filter(file -> TextFile.read(file).contains(APP_MESH))
              .toList();
      if (found.isEmpty()) {
        throw Place.of(path)
            .error(
                "the folder has no file that ends with %s and has an %s resource"
                    .formatted(String.join(", ", ENDINGS), APP_MESH + "…"));
      }
      return found;
    } catch (IOException e) {
      throw Place.of(path).error("the folder cannot be read: " + e.getMessage());
    }
  }
}
