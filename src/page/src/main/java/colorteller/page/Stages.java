package colorteller.page;

import static java.util.stream.Collectors.groupingBy;

import colorteller.mesh.IpPreference;
import colorteller.mesh.Mesh;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.report.Scenario;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What a running mesh can be switched to, by the names that a person says. */
public final class Stages {

  /** The stage whose preferences anyone chooses. */
  static final String CUSTOM = "custom";

  /** The key of the mesh's own preference, beside those of nodes. */
  static final String MESH = "mesh";

  /** Says that the mesh or a node has no preference. */
  static final String NO_PREFERENCE = "none";

  private final Map<String, Scenario> byName = new LinkedHashMap<>();
  private final Map<String, String> nodes;

  /**
   * Of one mesh.
   *
   * @param scenarios at least one; the first tells what {@code custom} begins with if none of them
   *     has that name
   */
  public Stages(List<Scenario> scenarios) {
    scenarios.forEach(
        scenario -> byName.put(scenario.stage().orElse(templateName(scenario)), scenario));
    Scenario first = scenarios.get(0);
    byName.putIfAbsent(CUSTOM, named(first, first.mesh()));
    nodes = keys(first);
  }

  private static String templateName(Scenario scenario) {
    return scenario.mesh().name();
  }

  private static Scenario named(Scenario scenario, Mesh mesh) {
    return new Scenario(scenario.variant(), Optional.of(CUSTOM), mesh, scenario.workloads());
  }

  /** What a node is called where preferences are chosen: its colour, if no other has it. */
  private static Map<String, String> keys(Scenario scenario) {
    Map<String, String> result = new LinkedHashMap<>();
    Map<String, List<VirtualNode>> byAnswer =
        scenario.mesh().nodes().values().stream()
            .collect(
                groupingBy(
                    node ->
                        Objects.requireNonNull(scenario.workloads().get(node.name())).answer()));
    for (VirtualNode node : scenario.mesh().nodes().values()) {
      String answer = Objects.requireNonNull(scenario.workloads().get(node.name())).answer();
      boolean itsOwn = Objects.requireNonNull(byAnswer.get(answer)).size() == 1;
      result.put(itsOwn && !answer.equals(MESH) ? answer : node.name(), node.name());
    }
    return result;
  }

  /** In the order in which they were given. */
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }

  /**
   * The stage of a name.
   *
   * @throws UnusableRequest if there is none
   */
  public Scenario of(String name) {
    return Optional.ofNullable(byName.get(name))
        .orElseThrow(
            () ->
                new UnusableRequest(
                    "stage '%s' is not allowed; allowed are %s"
                        .formatted(name, String.join(", ", names()))));
  }

  /**
   * A stage with preferences of somebody's own.
   *
   * @param preferences App Mesh's names of preferences, or {@code none}, by {@code mesh} and what
   *     {@link #preferences} calls the nodes; who is left out has none
   * @throws UnusableRequest if one of them is unknown
   */
  Scenario custom(Map<String, String> preferences) {
    Map<String, IpPreference> ofNodes = new LinkedHashMap<>();
    preferences.forEach(
        (key, value) -> {
          if (!key.equals(MESH)) {
            ofNodes.put(node(key), preference(key, value));
          }
        });
    Scenario custom = of(CUSTOM);
    IpPreference ofMesh = preference(MESH, preferences.getOrDefault(MESH, NO_PREFERENCE));
    return named(custom, custom.mesh().withPreferences(ofMesh, ofNodes));
  }

  private String node(String key) {
    return Optional.ofNullable(nodes.get(key))
        .orElseThrow(
            () ->
                new UnusableRequest(
                    "preferences of '%s' are not allowed; allowed are %s, %s"
                        .formatted(key, MESH, String.join(", ", nodes.keySet()))));
  }

  private static IpPreference preference(String key, String value) {
    if (value.equals(NO_PREFERENCE)) {
      return IpPreference.NONE;
    }
    try {
      return IpPreference.of(value);
    } catch (IllegalArgumentException e) {
      throw new UnusableRequest("%s: %s, %s".formatted(key, e.getMessage(), NO_PREFERENCE));
    }
  }

  /** All values of a preference, as a person says them. */
  static List<String> values() {
    List<String> values = new ArrayList<>(IpPreference.names());
    values.add(NO_PREFERENCE);
    return values;
  }

  /**
   * The preferences that a scenario sets, as {@link #custom} takes them: of the mesh and each node.
   */
  Map<String, String> preferences(Scenario scenario) {
    Map<String, String> result = new LinkedHashMap<>();
    result.put(MESH, word(scenario.mesh().preference()));
    nodes.forEach(
        (key, name) ->
            result.put(
                key, word(Objects.requireNonNull(scenario.mesh().nodes().get(name)).preference())));
    return result;
  }

  private static String word(IpPreference preference) {
    return preference.appMeshName().orElse(NO_PREFERENCE);
  }
}
