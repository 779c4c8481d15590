package colorteller.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultTest {

  @Test
  void readsAllParts() {
    assertThat(Fault.parse(" status=503 ,grpc-status=14, reset, delay=2s, times=3 "))
        .isEqualTo(
            new Fault(
                OptionalInt.of(503),
                OptionalInt.of(14),
                true,
                Duration.ofSeconds(2),
                OptionalInt.of(3)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status=503",
        "grpc-status=unavailable",
        "reset",
        "delay=250ms",
        "status=503, delay=250ms, times=2"
      })
  void isWrittenAsItIsRead(String text) {
    assertThat(Fault.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "status",
        "status=99",
        "status=600",
        "status=99999999999",
        "grpc-status=17",
        "grpc-status=UNAVAILABLE",
        "reset=1",
        "delay=5",
        "delay=1m",
        "times=0",
        "status=503,",
        "fault"
      })
  void refuses(String text) {
    assertThatThrownBy(() -> Fault.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'%s' is not allowed; allowed are ", text);
  }
}
