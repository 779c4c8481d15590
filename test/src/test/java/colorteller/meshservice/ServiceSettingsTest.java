package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the service is told by its environment. */
class ServiceSettingsTest {

  private static final Map<String, String> GOOD =
      Map.of(
          "CONTROL_PLANE_MESHES", "/shop/mesh, /bank/mesh",
          "CONTROL_PLANE_IDENTITY", "ssm:/shop/identity",
          "CONTROL_PLANE_TRUST_BUNDLE", "/run/trust.pem");

  private static Settings with(String variable, String value) {
    Map<String, String> environment = new HashMap<>(GOOD);
    environment.put(variable, value);
    return Settings.of(environment);
  }

  @Test
  void namesAndLocationsAreTaken() {
    Settings settings = Settings.of(GOOD);
    assertThat(settings.meshes()).containsExactly("/shop/mesh", "/bank/mesh");
    assertThat(settings.identity()).contains("ssm:/shop/identity");
    assertThat(settings.trustBundle()).contains("/run/trust.pem");
  }

  /** A location is repeated in logs, at /readyz and in metrics. */
  @ParameterizedTest
  @ValueSource(strings = {"CONTROL_PLANE_IDENTITY", "CONTROL_PLANE_TRUST_BUNDLE"})
  void aKeyInPlaceOfItsLocationIsRefusedAndNotRepeated(String variable) {
    for (String key :
        new String[] {
          "-----BEGIN PRIVATE KEY-----\nMC4CAQA\n-----END PRIVATE KEY-----\n",
          "-----BEGIN PRIVATE KEY----- MC4CAQA -----END PRIVATE KEY-----",
          "MC4CAQA\r\nMC4CAQB"
        }) {
      assertThatThrownBy(() -> with(variable, key))
          .isInstanceOf(UnusableSettings.class)
          .hasMessage(
              variable
                  + " is PEM text or has several lines, and may be a secret that is not repeated here; give the path of a file that holds it, or ssm: and the name of an SSM parameter");
    }
  }

  /** SSM answers with the name alone, and nobody would know whose answer that is. */
  @ParameterizedTest
  @ValueSource(strings = {"/shop/mesh:1", "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/mesh"})
  void aParameterWithASelectorOrAnArnIsRefused(String name) {
    assertThatThrownBy(() -> with("CONTROL_PLANE_MESHES", "/bank/mesh," + name))
        .isInstanceOf(UnusableSettings.class)
        .hasMessage(
            "CONTROL_PLANE_MESHES '%s' is not allowed; allowed are names of SSM parameters without a version, a label or an ARN, such as /shop/mesh"
                .formatted(name));
  }
}
