package colorteller.gatewaytargets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv6Test {

  @Test
  void anAddressIsTheSameHoweverItIsWritten() {
    assertThat(Ipv6.parse("2001:db8::1"))
        .isEqualTo(Ipv6.parse("2001:0DB8:0:0:0:0:0:1"))
        .isEqualTo(Ipv6.parse("2001:db8::0.0.0.1"))
        .isNotEqualTo(Ipv6.parse("2001:db8::2"));
  }

  /** Names among them: they are not looked up. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "10.0.0.7",
        "::ffff:10.0.0.7",
        "i-0123",
        "localhost",
        "x:1",
        "fe80::1%lo"
      })
  void anythingElseIsAnError(String text) {
    assertThatThrownBy(() -> Ipv6.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'%s' is not an IPv6 address", text);
  }
}
