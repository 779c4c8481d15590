package colorteller.meshservice;

import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;

/**
 * The certificates of those that may sign a proxy's: PEM text with one or more of them, in any
 * order. While a CA is replaced, the old one and the new one are both in it.
 */
final class TrustBundle {

  private TrustBundle() {}

  /**
   * Reads and checks one. Who has expired is left out.
   *
   * @throws UnusableCertificate which says what is wrong
   */
  static X509Certificate[] parse(String pem, Instant now) {
    X509Certificate[] all;
    try {
      all =
          CertificateUtils.getX509Certificates(
              new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new UnusableCertificate("has no certificate that can be read; PEM text is needed");
    }
    X509Certificate[] current =
        Arrays.stream(all)
            .filter(certificate -> certificate.getBasicConstraints() >= 0)
            .filter(certificate -> certificate.getNotAfter().toInstant().isAfter(now))
            .distinct()
            .toArray(X509Certificate[]::new);
    if (current.length == 0) {
      throw new UnusableCertificate(
          "has no certificate of a CA that has not expired; one is needed");
    }
    return current;
  }
}
