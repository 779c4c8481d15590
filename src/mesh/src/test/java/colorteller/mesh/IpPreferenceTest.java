package colorteller.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table, as the walkthrough has it. */
class IpPreferenceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NONE           | AUTO         | IPv6 IPv4 | IPv4 IPv6 | 127.0.0.1 | IPv4
          IPV4_PREFERRED | V4_PREFERRED | IPv4 IPv6 | IPv4 IPv6 | 127.0.0.1 | IPv4 IPv6
          IPV6_PREFERRED | AUTO         | IPv6 IPv4 | IPv6 IPv4 | ::1       | IPv4 IPv6
          IPV4_ONLY      | V4_ONLY      | IPv4      | IPv4      | 127.0.0.1 | IPv4 IPv6
          IPV6_ONLY      | V6_ONLY      | IPv6      | IPv6      | ::1       | IPv4 IPv6
          """)
  void row(
      IpPreference preference,
      String lookup,
      String lookedUp,
      String cloudMap,
      String localApplication,
      String binds) {
    assertThat(preference.dnsLookup().name()).isEqualTo(lookup);
    assertThat(words(preference.dnsLookup().order())).isEqualTo(lookedUp);
    assertThat(words(preference.cloudMapOrder())).isEqualTo(cloudMap);
    assertThat(preference.localApplication().loopback()).isEqualTo(localApplication);
    assertThat(words(preference.listenerBinding().families().stream().sorted().toList()))
        .isEqualTo(binds);
  }

  private static String words(List<IpFamily> families) {
    return families.stream().map(IpFamily::toString).collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"IPv4_ONLY", "IPv4_PREFERRED", "IPv6_ONLY", "IPv6_PREFERRED"})
  void appMeshsNames(String name) {
    assertThat(IpPreference.of(name).appMeshName()).hasValue(name);
    assertThat(IpPreference.names()).hasSize(4).contains(name);
  }

  @Test
  void otherNamesAreRefused() {
    assertThatThrownBy(() -> IpPreference.of("IPV4_ONLY"))
        .hasMessage(
            "'IPV4_ONLY' is not allowed; allowed are IPv4_PREFERRED, IPv6_PREFERRED, IPv4_ONLY, IPv6_ONLY");
  }
}
