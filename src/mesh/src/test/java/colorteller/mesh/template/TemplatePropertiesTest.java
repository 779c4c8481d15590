package colorteller.mesh.template;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.IpPreference;
import colorteller.mesh.Mesh;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** What holds for every template. */
class TemplatePropertiesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @Property
  void joinUndoesSplit(
      @ForAll @AlphaChars @NotEmpty @StringLength(max = 30) String delimiter,
      @ForAll @Size(min = 1, max = 5)
          List<@AlphaChars @NotEmpty @StringLength(max = 30) String> parts)
      throws IOException {
    String joined = String.join(delimiter, parts);
    ObjectNode split = NODES.objectNode();
    split.putArray("Fn::Split").add(delimiter).add(joined);
    ObjectNode join = NODES.objectNode();
    join.putArray("Fn::Join").add(delimiter).add(split);
    assertThat(meshNamed(join).name()).isEqualTo(joined);
  }

  @Property
  void selectTakesWhatSplitGives(
      @ForAll @Size(min = 1, max = 6)
          List<@AlphaChars @NotEmpty @StringLength(max = 30) String> parts)
      throws IOException {
    for (int i = 0; i < parts.size(); i++) {
      ObjectNode split = NODES.objectNode();
      split.putArray("Fn::Split").add(",").add(String.join(",", parts));
      ObjectNode select = NODES.objectNode();
      select.putArray("Fn::Select").add(i).add(split);
      assertThat(meshNamed(select).name()).isEqualTo(parts.get(i));
    }
  }

  @Property
  void subReplacesItsVariables(
      @ForAll @AlphaChars @StringLength(max = 30) String before,
      @ForAll @AlphaChars @NotEmpty @StringLength(max = 30) String value,
      @ForAll @AlphaChars @StringLength(max = 30) String after)
      throws IOException {
    ObjectNode sub = NODES.objectNode();
    var arguments = sub.putArray("Fn::Sub");
    arguments.add(before + "${Value}" + after + "-${!Literal}-${AWS::Region}");
    arguments.addObject().put("Value", value);
    assertThat(meshNamed(sub).name()).isEqualTo(before + value + after + "-${Literal}-us-west-2");
  }

  @Property
  void jsonAndYamlReadTheSame(
      @ForAll IpPreference preference,
      @ForAll @AlphaChars @NotEmpty @StringLength(max = 30) String name)
      throws IOException {
    ObjectNode template = template(NODES.textNode(name));
    preference
        .appMeshName()
        .ifPresent(
            word ->
                ((ObjectNode) template.at("/Resources/Mesh/Properties"))
                    .putObject("Spec")
                    .putObject("ServiceDiscovery")
                    .put("IpPreference", word));
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    String yaml = new Yaml(options).dump(JSON.convertValue(template, Map.class));
    Mesh fromJson = read("t.json", template.toString());
    assertThat(read("t.yaml", yaml)).isEqualTo(fromJson);
    assertThat(fromJson.preference()).isEqualTo(preference);
  }

  /**
   * Whatever stands where App Mesh's properties stand: a mesh, or one line that says what is wrong.
   */
  @Property
  void anythingElseIsOneLine(@ForAll("anything") JsonNode properties, @ForAll("types") String type)
      throws IOException {
    ObjectNode template = template(NODES.textNode("colors"));
    ((ObjectNode) template.path("Resources"))
        .putObject("Other")
        .put("Type", type)
        .set("Properties", properties);
    try {
      read("t.json", template.toString());
    } catch (TemplateException e) {
      assertThat(e.getMessage()).doesNotContain("\n").contains("t.json: ");
    }
  }

  /** Text that is no template at all. */
  @Property
  void anyTextIsOneLine(@ForAll String text) throws IOException {
    for (String name : List.of("t.json", "t.yaml")) {
      try {
        read(name, text);
      } catch (TemplateException e) {
        assertThat(e.getMessage()).doesNotContain("\n").contains(name + ": ");
      }
    }
  }

  @Provide
  Arbitrary<String> types() {
    return Arbitraries.of(AppMeshSchema.types());
  }

  @Provide
  Arbitrary<JsonNode> anything() {
    Arbitrary<JsonNode> leaf =
        Arbitraries.of("colors", "x", "", "9080", "http", "${X}", "/")
            .map(text -> (JsonNode) NODES.textNode(text));
    Arbitrary<JsonNode> value =
        Arbitraries.recursive(
            () -> leaf,
            inner ->
                Arbitraries.oneOf(
                    inner.list().ofMaxSize(3).map(list -> NODES.arrayNode().addAll(list)),
                    Arbitraries.maps(keys(), inner)
                        .ofMaxSize(5)
                        .map(map -> NODES.objectNode().setAll(map))),
            0,
            5);
    return Arbitraries.maps(keys(), value)
        .ofMaxSize(6)
        .map(map -> NODES.objectNode().put("MeshName", "colors").setAll(map));
  }

  private static Arbitrary<String> keys() {
    List<String> names =
        new ArrayList<>(List.of("Ref", "Fn::Sub", "Fn::If", "Fn::GetAtt", "Fn::Join"));
    AppMeshSchema.types().forEach(type -> collect(AppMeshSchema.properties(type), names));
    return Arbitraries.of(names);
  }

  private static void collect(JsonNode schema, List<String> names) {
    for (JsonNode properties : schema.findValues("properties")) {
      properties.fieldNames().forEachRemaining(names::add);
    }
  }

  private static Mesh meshNamed(JsonNode name) throws IOException {
    return read("t.json", template(name).toString());
  }

  private static ObjectNode template(JsonNode name) {
    ObjectNode root = NODES.objectNode();
    root.putObject("Resources")
        .putObject("Mesh")
        .put("Type", "AWS::AppMesh::Mesh")
        .putObject("Properties")
        .set("MeshName", name);
    return root;
  }

  private static Mesh read(String name, String text) throws IOException {
    Path folder = Files.createTempDirectory("template");
    Path file = folder.resolve(name);
    try {
      Files.writeString(file, Pattern.compile("[\\uD800-\\uDFFF]").matcher(text).replaceAll("?"));
      return MeshReader.read(Template.read(file, Map.of()));
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }
}
