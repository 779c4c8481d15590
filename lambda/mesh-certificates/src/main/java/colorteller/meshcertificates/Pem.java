package colorteller.meshcertificates;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** Keys and certificates as text. */
final class Pem {

  private Pem() {}

  /** A private key (PKCS #8), then its certificate. */
  static String of(KeyAndCertificate owner) {
    return write(
        writer -> {
          writer.writeObject(new JcaPKCS8Generator(owner.key(), null));
          writer.writeObject(owner.certificate());
        });
  }

  static String of(List<X509CertificateHolder> certificates) {
    return write(
        writer -> {
          for (X509CertificateHolder certificate : certificates) {
            writer.writeObject(certificate);
          }
        });
  }

  static KeyAndCertificate keyAndCertificate(String pem) {
    PrivateKey key = null;
    for (Object object : read(pem)) {
      if (object instanceof PrivateKeyInfo info) {
        try {
          key = new JcaPEMKeyConverter().getPrivateKey(info);
        } catch (IOException e) {
          // Its text could be a piece of the key.
          throw new IllegalArgumentException("The key cannot be read");
        }
      } else if (key != null && object instanceof X509CertificateHolder certificate) {
        return new KeyAndCertificate(key, certificate);
      }
    }
    throw new IllegalArgumentException("There is no private key with a certificate after it");
  }

  static List<X509CertificateHolder> certificates(String pem) {
    List<X509CertificateHolder> certificates = new ArrayList<>();
    for (Object object : read(pem)) {
      if (object instanceof X509CertificateHolder certificate) {
        certificates.add(certificate);
      }
    }
    return certificates;
  }

  private static List<Object> read(String pem) {
    List<Object> objects = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        objects.add(object);
      }
    } catch (IOException e) {
      // Its text could be a piece of a key.
      throw new IllegalArgumentException("The PEM text cannot be read");
    }
    return objects;
  }

  private interface Writing {
    void to(JcaPEMWriter writer) throws IOException;
  }

  private static String write(Writing writing) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writing.to(writer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
