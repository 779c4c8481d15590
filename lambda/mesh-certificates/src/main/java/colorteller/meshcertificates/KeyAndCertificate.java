package colorteller.meshcertificates;

import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;

/** A private key and the certificate of its owner. */
record KeyAndCertificate(PrivateKey key, X509CertificateHolder certificate) {

  /** Whether it will have expired some time from now. */
  boolean endsWithin(Duration time, Instant now) {
    return certificate.getNotAfter().toInstant().isBefore(now.plus(time));
  }

  /** Whether an authority has signed it. */
  boolean isOf(Authority authority) {
    return authority.hasSigned(certificate);
  }

  /** The URIs among its subject's alternative names. */
  List<String> uris() {
    GeneralNames names =
        GeneralNames.fromExtensions(certificate.getExtensions(), Extension.subjectAlternativeName);
    return names == null
        ? List.of()
        : Arrays.stream(names.getNames())
            .filter(name -> name.getTagNo() == GeneralName.uniformResourceIdentifier)
            .flatMap(name -> Stream.of(name.getName().toString()))
            .toList();
  }

  /** A record would write its key down. */
  @Override
  public String toString() {
    return "the certificate of " + uris();
  }
}
