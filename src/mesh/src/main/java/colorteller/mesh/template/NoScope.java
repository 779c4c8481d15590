package colorteller.mesh.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/** No template. */
final class NoScope implements Scope {

  @Override
  public JsonNode ref(String name, Place place) {
    throw unknown(place);
  }

  @Override
  public JsonNode attribute(String logicalId, String attribute, Place place) {
    throw unknown(place);
  }

  @Override
  public Optional<String> imported(String export) {
    return Optional.empty();
  }

  @Override
  public List<String> exports() {
    return List.of();
  }

  @Override
  public boolean condition(String name, Place place) {
    throw unknown(place);
  }

  @Override
  public JsonNode mappings(Place place) {
    throw unknown(place);
  }

  private static TemplateException unknown(Place place) {
    return place.symbolic("is known only after a deployment");
  }
}
