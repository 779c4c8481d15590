package colorteller.meshservice;

import colorteller.controlplane.ads.Identity;
import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * The service's identity: a private key (PKCS #8) and after it the certificate with its chain, all
 * in one PEM text, so that nobody reads a new key with an old certificate.
 */
record KeyAndCertificate(PrivateKey key, List<X509Certificate> chain) {

  /**
   * Reads and checks one.
   *
   * @throws UnusableCertificate which says what is wrong
   */
  static KeyAndCertificate parse(String pem, Instant now) {
    PrivateKey key;
    try {
      key = CertificateUtils.getPrivateKey(stream(pem));
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw new UnusableCertificate(
          "has no private key that can be read; PEM text with PKCS #8 is needed (BEGIN PRIVATE KEY)");
    }
    List<X509Certificate> chain;
    try {
      // What stands before a certificate is skipped.
      chain = List.of(CertificateUtils.getX509Certificates(stream(pem.substring(begin(pem)))));
    } catch (CertificateException e) {
      throw new UnusableCertificate("has no certificate that can be read; PEM text is needed");
    }
    if (chain.isEmpty()) {
      throw new UnusableCertificate("has no certificate; PEM text is needed");
    }
    X509Certificate own = chain.get(0);
    if (own.getNotAfter().toInstant().isBefore(now)) {
      throw new UnusableCertificate("has expired, on " + own.getNotAfter().toInstant());
    }
    if (!Identity.isControlPlane(own)) {
      throw new UnusableCertificate(
          "does not name the control plane; its URI must be " + Identity.CONTROL_PLANE);
    }
    if (!belong(key, own)) {
      throw new UnusableCertificate("has a key that is not its certificate's");
    }
    return new KeyAndCertificate(key, chain);
  }

  private static int begin(String pem) {
    return Math.max(0, pem.indexOf("-----BEGIN CERTIFICATE-----"));
  }

  private static ByteArrayInputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean belong(PrivateKey key, X509Certificate certificate) {
    try {
      String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
      byte[] text = {1};
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
