package colorteller.page;

import colorteller.mesh.IpFamily;
import colorteller.mesh.report.JsonReport;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** States as JSON; {@code docs/page.md} says what each field means. */
final class StateJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private StateJson() {}

  /**
   * What runs: the JSON of {@code local} for the stage, and what there is beside it.
   *
   * @param failure why it runs no more, if so
   */
  static ObjectNode of(State state, Stages stages, Optional<String> failure) {
    ObjectNode json = report(new JsonReport(List.of(state.run()), failure));
    ArrayNode requests = json.putArray("requests");
    state.run().routes().forEach(route -> requests.add(state.run().name(route)));
    stages.names().forEach(json.putArray("stages")::add);
    ObjectNode gateway = json.putObject("gateway");
    state.urls().entrySet().stream()
        .findFirst()
        .ifPresent(
            first -> {
              gateway.put("name", first.getKey());
              first.getValue().forEach((family, url) -> gateway.put(word(family), url));
            });
    ObjectNode preferences = json.putObject("preferences");
    stages.preferences(state.scenario()).forEach(preferences::put);
    json.set("topology", new Topology(state).json());
    return json;
  }

  static String word(IpFamily family) {
    return family.toString().toLowerCase(Locale.ROOT);
  }

  private static ObjectNode report(JsonReport report) {
    try {
      return (ObjectNode) JSON.readTree(report.toString());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is JSON", e);
    }
  }
}
