package colorteller.infra;

import static colorteller.infra.Settings.CUSTOM;
import static colorteller.infra.Settings.MESH;
import static colorteller.infra.Settings.PREFERENCE_KEYS;

import colorteller.mesh.IpPreference;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the user's own IP preferences: of cdk.json, and over them those of the command line. */
final class PreferencesReader {

  // Says that the mesh or a node has no preference, so that -c can take one back.
  private static final String NO_PREFERENCE = "none";

  private PreferencesReader() {}

  /**
   * Those of the stage {@code custom}; empty if none are given.
   *
   * @param stage the stage that is asked for
   */
  static Optional<Preferences> read(Stage stage, SettingValues context) {
    Map<String, Object> own = new LinkedHashMap<>(customInFile(context));
    List<String> given = PREFERENCE_KEYS.stream().filter(context::has).toList();
    if (stage != Stage.CUSTOM && !given.isEmpty()) {
      throw new SettingsException(
          "context key '%s' is for a custom stage, but stage is '%s'; add -c stage=custom, or leave %s out"
              .formatted(given.get(0), stage.word(), given.get(0)));
    }
    given.forEach(key -> own.put(key, context.values().get(key)));
    Preferences read = preferences(new SettingValues(own));
    if (stage == Stage.CUSTOM && own.isEmpty()) {
      throw new SettingsException(
          "stage 'custom' needs preferences, but none is given; set them in cdk.json under custom, or add -c mesh=IPv6_ONLY -c red=IPv4_PREFERRED and so on");
    }
    return own.isEmpty() ? Optional.empty() : Optional.of(read);
  }

  private static Map<String, Object> customInFile(SettingValues context) {
    Object custom = context.values().get(CUSTOM);
    if (custom == null) {
      return Map.of();
    }
    if (!(custom instanceof Map<?, ?> entries)) {
      throw SettingValues.refused(
          CUSTOM,
          custom,
          "an object in cdk.json, such as {\"mesh\": \"IPv6_ONLY\", \"red\": \"IPv4_PREFERRED\"}");
    }
    Map<String, Object> result = new LinkedHashMap<>();
    entries.forEach(
        (key, value) -> {
          if (!PREFERENCE_KEYS.contains(String.valueOf(key))) {
            throw new SettingsException(
                "context key 'custom.%s' is unknown; allowed in custom are %s"
                    .formatted(
                        Similar.shortened(String.valueOf(key)),
                        String.join(", ", PREFERENCE_KEYS)));
          }
          result.put(String.valueOf(key), value);
        });
    return result;
  }

  private static Preferences preferences(SettingValues own) {
    Map<Color, IpPreference> colors = new EnumMap<>(Color.class);
    for (Color color : Color.values()) {
      if (own.has(color.color())) {
        colors.put(color, preference(own, color.color()));
      }
    }
    return new Preferences(own.has(MESH) ? preference(own, MESH) : IpPreference.NONE, colors);
  }

  private static IpPreference preference(SettingValues own, String key) {
    List<String> allowed = new ArrayList<>(IpPreference.names());
    allowed.add(NO_PREFERENCE);
    String word = own.text(key, String.join(", ", allowed));
    if (!allowed.contains(word)) {
      throw SettingValues.refused(key, word, String.join(", ", allowed));
    }
    return word.equals(NO_PREFERENCE) ? IpPreference.NONE : IpPreference.of(word);
  }
}
