package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A stage is in the IP preferences of the mesh stacks, and nowhere else. */
class StagesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          V4_ONLY      | IPv4_ONLY      |
          V4_PREFERRED | IPv4_PREFERRED |
          V6_ONLY      | IPv6_ONLY      |
          V6_PREFERRED | IPv6_PREFERRED |
          OVERRIDE     | IPv6_ONLY      | red=IPv4_PREFERRED orange=IPv4_PREFERRED yellow=IPv6_PREFERRED
          NONE         |                |
          CUSTOM       | IPv4_PREFERRED | purple=IPv6_ONLY
          """)
  void preferences(Stage stage, String mesh, String nodes) {
    for (Variant variant : Variant.values()) {
      JsonNode template = mesh(stage, variant);
      Map<String, String> expected = new LinkedHashMap<>();
      if (mesh != null) {
        expected.put("mesh", mesh);
      }
      if (nodes != null) {
        for (String node : nodes.split(" ")) {
          expected.put(node.split("=")[0], node.split("=")[1]);
        }
      }
      assertThat(preferences(template)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingElseChanges(Stage stage) {
    Map<String, JsonNode> first = Synthesized.stage(Stage.V4_ONLY);
    Map<String, JsonNode> other = Synthesized.stage(stage);
    assertThat(other.keySet()).isEqualTo(first.keySet());
    first.forEach(
        (stack, template) ->
            assertThat(withoutPreferences(other.get(stack), stack))
                .as(stack)
                .isEqualTo(withoutPreferences(template, stack)));
  }

  @Test
  void everyImportHasItsExport() {
    List<String> exports = new ArrayList<>();
    List<String> imports = new ArrayList<>();
    Synthesized.stage(Stage.V4_ONLY)
        .values()
        .forEach(
            template -> {
              template
                  .path("Outputs")
                  .forEach(
                      output -> {
                        if (output.has("Export")) {
                          exports.add(output.at("/Export/Name").asText());
                        }
                      });
              template.findValuesAsText("Fn::ImportValue").forEach(imports::add);
            });
    assertThat(exports).doesNotHaveDuplicates().contains("app-mesh-ipv6:VPC");
    assertThat(exports).containsAll(imports);
    assertThat(exports).allMatch(name -> name.startsWith("app-mesh-ipv6:"));
  }

  private static Map<String, String> preferences(JsonNode template) {
    Map<String, String> result = new LinkedHashMap<>();
    for (JsonNode resource : template.path("Resources")) {
      List<String> found = resource.findValuesAsText("IpPreference");
      if (!found.isEmpty()) {
        assertThat(found).hasSize(1);
        String node = resource.at("/Properties/VirtualNodeName").asText();
        result.put(
            node.isEmpty() ? "mesh" : node.replaceAll("colorteller-(.*)-vn", "$1"), found.get(0));
      }
    }
    return result;
  }

  /** Empty objects go too: a mesh without a preference has no ServiceDiscovery. */
  private static JsonNode withoutPreferences(JsonNode template, String stack) {
    JsonNode copy = template.deepCopy();
    if (stack.endsWith("-mesh")) {
      for (JsonNode resource : copy.path("Resources")) {
        for (JsonNode parent : resource.findParents("IpPreference")) {
          ((ObjectNode) parent).remove("IpPreference");
        }
        if (resource.at("/Properties/Spec/ServiceDiscovery").isEmpty()) {
          ((ObjectNode) resource.at("/Properties/Spec")).remove("ServiceDiscovery");
        }
      }
    }
    return copy;
  }

  private static JsonNode mesh(Stage stage, Variant variant) {
    return Synthesized.stage(stage).get("app-mesh-ipv6-%s-mesh".formatted(variant.word()));
  }
}
