package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParameterRequest;
import software.amazon.awssdk.services.ssm.model.GetParameterResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;

/** A SecureString that is asked for again and again. */
class PemSourceTest {

  private long version = 1;
  private Instant changed = Instant.parse("2027-01-01T00:00:00Z");
  private int decrypted;

  private final SsmClient ssm =
      new SsmClient() {
        @Override
        public GetParameterResponse getParameter(GetParameterRequest request) {
          if (request.withDecryption()) {
            decrypted++;
          }
          String value = "value %d of %s".formatted(version, changed);
          return GetParameterResponse.builder()
              .parameter(
                  Parameter.builder()
                      .name(request.name())
                      .version(version)
                      .lastModifiedDate(changed)
                      .value(request.withDecryption() ? value : "ciphertext")
                      .build())
              .build();
        }

        @Override
        public String serviceName() {
          return "ssm";
        }

        @Override
        public void close() {}
      };

  @Test
  void kmsIsAskedForWhatIsNew() throws Exception {
    PemSource source = new PemSource("ssm:/shop/certificates/control-plane", ssm);
    for (int round = 0; round < 3; round++) {
      assertThat(source.read()).isEqualTo("value 1 of 2027-01-01T00:00:00Z");
    }
    assertThat(decrypted).isEqualTo(1);

    version = 2;
    assertThat(source.read()).startsWith("value 2 of");
    assertThat(source.read()).startsWith("value 2 of");
    assertThat(decrypted).isEqualTo(2);

    // Removed, and made anew.
    changed = Instant.parse("2027-02-01T00:00:00Z");
    assertThat(source.read()).isEqualTo("value 2 of 2027-02-01T00:00:00Z");
  }
}
