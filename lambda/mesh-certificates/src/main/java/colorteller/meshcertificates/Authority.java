package colorteller.meshcertificates;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertException;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/** A certificate authority of a mesh's own, which signs for its control plane and its Envoys. */
record Authority(KeyAndCertificate own) {

  /** How long an authority lasts, which is made anew long before. */
  static final Duration LIFE = Duration.ofDays(365);

  /** How long a certificate lasts: a stolen one is of use for no longer. */
  static final Duration CERTIFICATE_LIFE = Duration.ofDays(30);

  /** Clocks differ. */
  private static final Duration EARLIER = Duration.ofHours(1);

  private static final int RSA_BITS = 2048;
  private static final int SERIAL_BITS = 127;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A new one. */
  static Authority create(Instant now) {
    // RSA: Java checks such a signature in a tenth of the time that it takes for an elliptic
    // curve's, and a control plane to which all Envoys connect at once does little else.
    KeyPair keys = keys("RSA", new RSAKeyGenParameterSpec(RSA_BITS, RSAKeyGenParameterSpec.F4));
    // Each has a name of its own, so that nobody takes one for the other.
    X500Name name = new X500Name("CN=Mesh authority " + serial().toString(Character.MAX_RADIX));
    return new Authority(
        sign(
            name,
            keys,
            name,
            keys,
            now,
            LIFE,
            (builder, extensions) -> {
              builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
              builder.addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            }));
  }

  /** Makes a key, and its certificate for whom a URI names. */
  KeyAndCertificate issue(String uri, Instant now) {
    KeyPair keys = keys("EC", new ECGenParameterSpec("secp256r1"));
    try {
      KeyPair signing =
          new KeyPair(
              new JcaPEMKeyConverter().getPublicKey(own.certificate().getSubjectPublicKeyInfo()),
              own.key());
      return sign(
          own.certificate().getSubject(),
          signing,
          new X500Name("CN=mesh"),
          keys,
          now,
          CERTIFICATE_LIFE,
          (builder, extensions) -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(
                    new KeyPurposeId[] {
                      KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                    }));
            builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
            builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                extensions.createAuthorityKeyIdentifier(own.certificate()));
          });
    } catch (PEMException e) {
      throw new IllegalStateException("The authority's own key was read before", e);
    }
  }

  /** Whether a certificate is of this authority, by its signature. */
  boolean hasSigned(X509CertificateHolder certificate) {
    try {
      return certificate.getIssuer().equals(own.certificate().getSubject())
          && certificate.isSignatureValid(
              new JcaContentVerifierProviderBuilder().build(own.certificate()));
    } catch (CertException | OperatorCreationException | CertificateException e) {
      return false;
    }
  }

  private interface Extending {
    void extend(X509v3CertificateBuilder builder, JcaX509ExtensionUtils extensions)
        throws CertIOException;
  }

  private static KeyAndCertificate sign(
      X500Name issuer,
      KeyPair signing,
      X500Name subject,
      KeyPair keys,
      Instant now,
      Duration life,
      Extending extending) {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              serial(),
              Date.from(now.minus(EARLIER)),
              Date.from(now.plus(life)),
              subject,
              keys.getPublic());
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          extensions.createSubjectKeyIdentifier(keys.getPublic()));
      extending.extend(builder, extensions);
      return new KeyAndCertificate(
          keys.getPrivate(),
          builder.build(
              new JcaContentSignerBuilder(
                      // An authority that was made before signs as it did.
                      signing.getPrivate() instanceof RSAPrivateKey
                          ? "SHA256withRSA"
                          : "SHA256withECDSA")
                  .build(signing.getPrivate())));
    } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("A certificate could not be made", e);
    }
  }

  private static KeyPair keys(String algorithm, AlgorithmParameterSpec parameters) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(parameters, RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has these keys", e);
    }
  }

  private static BigInteger serial() {
    return new BigInteger(SERIAL_BITS, RANDOM);
  }
}
