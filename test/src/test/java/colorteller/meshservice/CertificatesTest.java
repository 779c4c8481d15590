package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {

  @TempDir Path directory;

  @Test
  void anAuthorityThatExpiresIsTrustedNoMoreThoughTheTextIsTheSame() throws Exception {
    TestAuthority one = new TestAuthority("one", Duration.ofHours(1));
    TestAuthority other = new TestAuthority("other");
    Path bundle = directory.resolve("bundle.pem");
    Files.writeString(bundle, one.pem() + other.pem());
    TestClock clock = new TestClock(Instant.now());
    Certificates certificates =
        new Certificates(
            new PemSource(directory.resolve("identity.pem").toString(), null),
            new PemSource(bundle.toString(), null),
            why -> {},
            clock);
    certificates.read();
    assertThat(certificates.trusted()).containsOnly(one.certificate(), other.certificate());
    clock.pass(Duration.ofHours(2));
    certificates.read();
    assertThat(certificates.trusted()).containsExactly(other.certificate());
  }
}
