package colorteller.meshservice;

import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemGenerationException;

/** A CA that lives as long as a test. Its key is RSA, the others are not, as in a deployment. */
public final class TestAuthority {

  private static final String SIGNATURE = "SHA256withRSA";
  private static final AtomicLong SERIAL = new AtomicLong(1);

  /** A key and a certificate. */
  public record Issued(PrivateKey key, X509Certificate certificate) {

    /** Both as one PEM text. */
    public String pem() {
      return keyPem() + certificatePem();
    }

    public String keyPem() {
      try {
        return TestAuthority.pem(new JcaPKCS8Generator(key, null));
      } catch (PemGenerationException e) {
        throw new UncheckedIOException(e);
      }
    }

    public String certificatePem() {
      return TestAuthority.pem(certificate);
    }
  }

  private static String pem(Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (java.io.IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private final X500Name name;
  private final ContentSigner signer;
  private final X509Certificate certificate;

  public TestAuthority(String name) throws Exception {
    this(name, Duration.ofDays(1));
  }

  TestAuthority(String name, Duration validFor) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair keys = generator.generateKeyPair();
    this.name = new X500Name("CN=" + name);
    signer = new JcaContentSignerBuilder(SIGNATURE).build(keys.getPrivate());
    certificate =
        sign(
            builder(name, keys, validFor)
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)));
  }

  /**
   * One that somebody else made.
   *
   * @param pem its key (PKCS #8), then its certificate
   */
  public static TestAuthority of(String pem) throws Exception {
    return new TestAuthority(
        CertificateUtils.getPrivateKey(stream(pem)),
        CertificateUtils.getX509Certificates(
            stream(pem.substring(pem.indexOf("-----BEGIN CERTIFICATE"))))[0]);
  }

  private TestAuthority(PrivateKey key, X509Certificate certificate) throws Exception {
    this.certificate = certificate;
    name = new JcaX509CertificateHolder(certificate).getSubject();
    signer = new JcaContentSignerBuilder(SIGNATURE).build(key);
  }

  private static InputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** Its certificate, as PEM text. */
  public String pem() {
    return pem(certificate);
  }

  /** A certificate for a URI, with a key of its own. */
  public Issued issue(String uri) throws Exception {
    return issue(uri, keys(), Duration.ofHours(1));
  }

  /**
   * A certificate for a URI.
   *
   * @param validFor from now on; negative for one that has expired
   */
  public Issued issue(String uri, KeyPair own, Duration validFor) throws Exception {
    return new Issued(
        own.getPrivate(),
        sign(
            builder("test", own, validFor)
                .addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                        new GeneralName(GeneralName.uniformResourceIdentifier, uri)))));
  }

  /** A pair of keys. */
  public static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private JcaX509v3CertificateBuilder builder(String subject, KeyPair own, Duration validFor)
      throws CertIOException {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        name,
        BigInteger.valueOf(SERIAL.getAndIncrement()),
        Date.from(now.minus(Duration.ofDays(1))),
        Date.from(now.plus(validFor)),
        new X500Name("CN=" + subject),
        own.getPublic());
  }

  private X509Certificate sign(org.bouncycastle.cert.X509v3CertificateBuilder builder)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }
}
