package colorteller.meshservice;

import colorteller.aws.AwsErrors;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The service's key and certificate, and the certificates of those that may sign an Envoy's. Both
 * are read again and again, and are in force for whoever connects from then on: streams that are
 * open stay open.
 */
final class Certificates {

  private final PemSource identity;
  private final PemSource trustBundle;
  private final Clock clock;
  private final Source identitySource;
  private final Source trustSource;
  private final AdvancedTlsX509KeyManager keyManager = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager trustManager = trustManager();
  private final Consumer<String> refused;
  private @Nullable String identityInForce;
  private volatile List<X509Certificate> trusted = List.of();
  private volatile @Nullable Instant notAfter;

  /**
   * Nothing is read yet.
   *
   * @param refused hears of who has no certificate that counts
   */
  Certificates(PemSource identity, PemSource trustBundle, Consumer<String> refused, Clock clock) {
    this.refused = refused;
    this.identity = identity;
    this.trustBundle = trustBundle;
    this.clock = clock;
    identitySource = new Source("identity " + identity.location(), clock);
    trustSource = new Source("trust bundle " + trustBundle.location(), clock);
  }

  private static AdvancedTlsX509TrustManager trustManager() {
    try {
      return AdvancedTlsX509TrustManager.newBuilder()
          // Envoys have no host names: their URIs say who they are.
          .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
          .build();
    } catch (CertificateException e) {
      throw new IllegalStateException("One that trusts nobody needs nothing", e);
    }
  }

  List<Source> sources() {
    return List.of(identitySource, trustSource);
  }

  /** Those that may sign an Envoy's. */
  List<X509Certificate> trusted() {
    return trusted;
  }

  /** When the service's certificate expires. */
  Optional<Instant> notAfter() {
    return Optional.ofNullable(notAfter);
  }

  /** What a server needs that uses them, whatever they are at the time. */
  ServerCredentials credentials() {
    return TlsServerCredentials.newBuilder()
        .keyManager(keyManager)
        .trustManager(new TellingTrustManager(trustManager, refused))
        .clientAuth(ClientAuth.REQUIRE)
        .build();
  }

  /** Looks for what has changed. */
  void read() {
    read(identitySource, this::readIdentity);
    read(trustSource, this::readTrust);
  }

  private interface Reading {
    void run() throws IOException, GeneralSecurityException;
  }

  private static void read(Source source, Reading reading) {
    try {
      reading.run();
      source.succeeded();
    } catch (SdkException e) {
      source.failed(AwsErrors.line(e));
    } catch (UnusableCertificate e) {
      source.failed(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      source.failed("cannot be read: " + e.getMessage());
    } catch (GeneralSecurityException e) {
      // Its text could be a piece of what it could not read.
      source.failed("cannot be used: " + e.getClass().getSimpleName());
    }
  }

  private void readIdentity() throws IOException, GeneralSecurityException {
    String pem = identity.read();
    if (!pem.equals(identityInForce)) {
      KeyAndCertificate read = KeyAndCertificate.parse(pem, clock.instant());
      keyManager.updateIdentityCredentials(
          read.chain().toArray(X509Certificate[]::new), read.key());
      notAfter = read.chain().get(0).getNotAfter().toInstant();
      identityInForce = pem;
    }
  }

  private void readTrust() throws IOException, GeneralSecurityException {
    // Each time: who has expired is trusted no more, though the text is the same.
    List<X509Certificate> now = List.of(TrustBundle.parse(trustBundle.read(), clock.instant()));
    if (!now.equals(trusted)) {
      trustManager.updateTrustCredentials(now.toArray(X509Certificate[]::new));
      trusted = now;
    }
  }
}
