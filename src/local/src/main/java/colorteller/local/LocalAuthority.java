package colorteller.local;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * An authority of this run's own: it signs what AWS Private CA, or a user's own, does elsewhere.
 */
final class LocalAuthority {

  /**
   * A certificate in PEM.
   *
   * @param chain the certificate, and the authority's
   * @param privateKey its private key
   */
  record Issued(String chain, String privateKey) {}

  private static final int DAYS = 2;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X500Name name = named("Local authority of the walkthrough");
  private final KeyPair keys = newKeys();
  private final X509Certificate certificate =
      signed(name, keys, new BasicConstraints(true), new GeneralName[0]);

  /** The authority's own certificate, in PEM. */
  String certificate() {
    return pem(certificate);
  }

  /**
   * Issues a certificate.
   *
   * @param subject who it is for
   * @param names its subject alternative names: host names, or URIs such as those of SPIFFE
   */
  Issued issue(String subject, Collection<String> names) {
    KeyPair own = newKeys();
    X509Certificate issued =
        signed(
            named(subject),
            own,
            new BasicConstraints(false),
            names.stream()
                .map(
                    alternative ->
                        new GeneralName(
                            alternative.contains("://")
                                ? GeneralName.uniformResourceIdentifier
                                : GeneralName.dNSName,
                            alternative))
                .toArray(GeneralName[]::new));
    return new Issued(
        pem(issued) + certificate(),
        pem(new PemObject("PRIVATE KEY", own.getPrivate().getEncoded())));
  }

  private static X500Name named(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has this curve", e);
    }
  }

  private X509Certificate signed(
      X500Name subject, KeyPair of, BasicConstraints constraints, GeneralName[] names) {
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(Long.SIZE, RANDOM),
            // Clocks differ.
            Date.from(now.minus(1, ChronoUnit.HOURS)),
            Date.from(now.plus(DAYS, ChronoUnit.DAYS)),
            subject,
            of.getPublic());
    try {
      builder.addExtension(Extension.basicConstraints, true, constraints);
      if (names.length > 0) {
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("Every Java signs with this algorithm", e);
    }
  }

  private static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
