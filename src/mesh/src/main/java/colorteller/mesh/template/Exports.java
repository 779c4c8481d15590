package colorteller.mesh.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What templates that are read together export to each other. */
final class Exports implements Imports {

  private final List<Template> templates;
  private final Underway underway = new Underway();

  /**
   * Begins without looking.
   *
   * @param templates those that are read by the time that an import asks
   */
  Exports(List<Template> templates) {
    this.templates = templates;
  }

  @Override
  public Optional<String> value(String name) {
    for (Template template : templates) {
      for (Map.Entry<String, JsonNode> export : template.exports().entrySet()) {
        if (export.getKey().equals(name)) {
          return value(template, name, export.getValue());
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public List<String> names() {
    return templates.stream().flatMap(template -> template.exports().keySet().stream()).toList();
  }

  private Optional<String> value(Template template, String name, JsonNode value) {
    Place place = Place.of(template.file()).child("Outputs").child(name);
    try {
      return Optional.of(
          underway.once(name, place, () -> template.intrinsics().text(value, place)));
    } catch (TemplateException.Symbolic e) {
      return Optional.empty();
    }
  }
}
