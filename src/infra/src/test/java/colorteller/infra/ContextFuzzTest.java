package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever the context says, it is understood as a whole or refused in one line of ours. */
class ContextFuzzTest {

  private static final List<String> KEYS =
      List.of(
          "stage",
          "custom",
          "mesh",
          "red",
          "projectName",
          "meshName",
          "servicesDomain",
          "envoyImage",
          "envoyBaseImage",
          "colortellerImage",
          "envoyMetrics",
          "natGateways",
          "flowLogs",
          "accessLogsBucket",
          "keyPairName",
          "sshCidr",
          "connectionArn",
          "repository",
          "branch",
          "pipelineStages",
          "reviewGates",
          "notificationsTopicArn");

  @Property
  void oneLine(@ForAll("keys") String key, @ForAll("values") Object value) {
    refusal(Map.of(key, value))
        .ifPresent(
            message ->
                assertThat(message)
                    .doesNotContain("\n", "Exception", "java.")
                    .hasSizeLessThan(600)
                    .contains("context"));
  }

  /** A key that is nearly ours is never taken for another's, nor left out silently. */
  @Property
  void nearlyOurKey(@ForAll("keys") String key, @ForAll("values") Object value) {
    // Those of the CDK are left alone.
    if (!KEYS.contains(key) && !key.startsWith("@")) {
      Optional<String> colors =
          List.of("orange", "yellow", "green", "blue", "purple").stream()
              .filter(key::equals)
              .findFirst();
      if (colors.isEmpty()) {
        assertThat(refusal(Map.of(key, value)))
            .hasValueSatisfying(message -> assertThat(message).contains("is unknown"));
      }
    }
  }

  /** Of a kind that a key does not take. */
  @Property
  void wrongKind(@ForAll("keys") String key) {
    for (Object value : List.of(List.of(1), 1.5, "", Map.of("a", Map.of()))) {
      if (KEYS.contains(key)) {
        assertThat(refusal(Map.of(key, value))).as("%s=%s", key, value).isPresent();
      }
    }
  }

  private static Optional<String> refusal(Map<String, Object> context) {
    try {
      Settings.of(context);
      return Optional.empty();
    } catch (SettingsException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Ours, and ours with a letter lost, doubled or in the wrong case, and anything. */
  @Provide
  Arbitrary<String> keys() {
    Arbitrary<String> ours = Arbitraries.of(KEYS);
    Arbitrary<Integer> place = Arbitraries.integers().between(0, 30);
    return Arbitraries.oneOf(
        ours,
        ours.flatMap(
            key ->
                place.map(
                    p -> key.substring(0, p % key.length()) + key.substring(p % key.length() + 1))),
        ours.flatMap(
            key ->
                place.map(
                    p -> key.substring(0, p % key.length()) + key.substring(p % key.length() / 2))),
        ours.map(key -> key.substring(0, 1).toUpperCase(Locale.ROOT) + key.substring(1)),
        ours.map(key -> key.replaceAll("(?=[A-Z])", "-")),
        ours.flatMap(key -> Arbitraries.of("-", "_", ":", "/", ".", ":x").map(end -> key + end)),
        Arbitraries.strings().ofMaxLength(40),
        Arbitraries.strings().alpha().ofLength(5000));
  }

  @Provide
  Arbitrary<Object> values() {
    return Arbitraries.<Object>oneOf(
        Arbitraries.strings().ofMaxLength(30),
        Arbitraries.strings().withCharRange('!', '~').ofLength(3000),
        Arbitraries.of(
            "",
            " ",
            "V6_ONLY",
            "v6-only",
            "ipv6_only",
            "IPv6_ONLY",
            "TRUE",
            "0",
            "3",
            "1e9",
            "0.0.0.0/0",
            "::/0",
            "10.0.0.1/8",
            "1.2.3.4",
            "10.0.0.0/33",
            "../..",
            "a\nb",
            "\u0000"),
        Arbitraries.integers(),
        Arbitraries.doubles(),
        Arbitraries.of(true, false),
        Arbitraries.strings().ofMaxLength(5).list().ofMaxSize(3),
        Arbitraries.maps(
            Arbitraries.of("mesh", "red", "rde", ""), Arbitraries.of("IPv6_ONLY", "x", "")));
  }
}
