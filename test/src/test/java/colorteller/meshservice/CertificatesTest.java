package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ssm.SsmClient;

class CertificatesTest {

  /** Nothing is asked of it: both texts are files. */
  private static final class NoSsm implements SsmClient {

    @Override
    public String serviceName() {
      return "ssm";
    }

    @Override
    public void close() {}
  }

  private static final class Later extends Clock {

    private Duration by = Duration.ZERO;

    @Override
    public Instant instant() {
      return Instant.now().plus(by);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @TempDir Path directory;

  @Test
  void anAuthorityThatExpiresIsTrustedNoMoreThoughTheTextIsTheSame() throws Exception {
    TestAuthority one = new TestAuthority("one", Duration.ofHours(1));
    TestAuthority other = new TestAuthority("other");
    Path bundle = directory.resolve("bundle.pem");
    Files.writeString(bundle, one.pem() + other.pem());
    Later clock = new Later();
    NoSsm ssm = new NoSsm();
    Certificates certificates =
        new Certificates(
            new PemSource(directory.resolve("identity.pem").toString(), ssm),
            new PemSource(bundle.toString(), ssm),
            why -> {},
            clock);
    certificates.read();
    assertThat(certificates.trusted()).containsOnly(one.certificate(), other.certificate());
    clock.by = Duration.ofHours(2);
    certificates.read();
    assertThat(certificates.trusted()).containsExactly(other.certificate());
  }
}
