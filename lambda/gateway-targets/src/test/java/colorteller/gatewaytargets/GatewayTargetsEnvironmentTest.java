package colorteller.gatewaytargets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayTargetsEnvironmentTest {

  private final Map<String, String> environment =
      new HashMap<>(
          Map.of(
              "CLUSTER", "c",
              "SERVICE", "s",
              "TARGET_GROUP_ARN", "arn",
              "PORT", "9080",
              "SETTLE_SECONDS", "10"));

  @Test
  void comesFromTheEnvironment() {
    assertThat(GatewayTargetsEnvironment.of(environment))
        .isEqualTo(new GatewayTargetsEnvironment("c", "s", "arn", 9080, Duration.ofSeconds(10)));
  }

  @Test
  void allThatIsMissingIsOneLine() {
    environment.remove("CLUSTER");
    environment.put("PORT", " ");
    assertThatThrownBy(() -> GatewayTargetsEnvironment.of(environment))
        .hasMessage("The function's environment lacks CLUSTER, PORT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "65536", "-1", "http", "9080 ", "999999999999"})
  void aPortIsANumberThatAPortCanHave(String port) {
    environment.put("PORT", port);
    assertThatThrownBy(() -> GatewayTargetsEnvironment.of(environment))
        .hasMessage("PORT is '%s'; allowed is 1 to 65535", port);
  }
}
