package colorteller.infra;

import static colorteller.infra.Color.ORANGE;
import static colorteller.infra.Color.RED;
import static colorteller.infra.Color.YELLOW;
import static colorteller.mesh.IpPreference.IPV4_ONLY;
import static colorteller.mesh.IpPreference.IPV4_PREFERRED;
import static colorteller.mesh.IpPreference.IPV6_ONLY;
import static colorteller.mesh.IpPreference.IPV6_PREFERRED;

import colorteller.mesh.IpPreference;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The walkthrough's stages, and the IP preferences that each one sets. */
enum Stage {
  // spotless:off
  //           mesh              nodes with a preference of their own
  V4_ONLY(     IPV4_ONLY,        Map.of()),
  V4_PREFERRED(IPV4_PREFERRED,   Map.of()),
  V6_ONLY(     IPV6_ONLY,        Map.of()),
  V6_PREFERRED(IPV6_PREFERRED,   Map.of()),
  OVERRIDE(    IPV6_ONLY,        Map.of(RED, IPV4_PREFERRED, ORANGE, IPV4_PREFERRED, YELLOW, IPV6_PREFERRED)),
  /** Whatever the context says. */
  CUSTOM,
  NONE(        IpPreference.NONE, Map.of());
  // spotless:on

  private final Optional<Preferences> preferences;

  Stage(IpPreference mesh, Map<Color, IpPreference> colors) {
    preferences = Optional.of(new Preferences(mesh, colors));
  }

  Stage() {
    preferences = Optional.empty();
  }

  /** What it sets; empty for {@link #CUSTOM}. */
  Optional<Preferences> preferences() {
    return preferences;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Stage> of(String word) {
    return Arrays.stream(values()).filter(stage -> stage.word().equals(word)).findFirst();
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Stage::word).toList();
  }
}
