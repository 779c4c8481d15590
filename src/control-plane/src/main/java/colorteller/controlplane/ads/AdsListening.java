package colorteller.controlplane.ads;

import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Where an {@link AdsServer} listens, and who may connect. Without certificates, only what runs on
 * this machine may.
 */
public final class AdsListening {

  private final SocketAddress address;
  private final ServerCredentials credentials;

  private AdsListening(SocketAddress address, ServerCredentials credentials) {
    this.address = address;
    this.credentials = credentials;
  }

  /**
   * For this machine only.
   *
   * @param address of loopback, or a Unix domain socket's
   * @throws IllegalArgumentException if others could reach it
   */
  public static AdsListening onThisMachine(SocketAddress address) {
    if (address instanceof InetSocketAddress socket && !socket.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "%s can be reached by others, and without certificates only a loopback address or a Unix domain socket is allowed"
              .formatted(socket));
    }
    return new AdsListening(address, InsecureServerCredentials.create());
  }

  /**
   * For whoever has a certificate.
   *
   * @param mutualTls which must ask for the client's
   */
  public static AdsListening withCertificates(
      InetSocketAddress address, ServerCredentials mutualTls) {
    return new AdsListening(address, mutualTls);
  }

  SocketAddress address() {
    return address;
  }

  boolean hasCertificates() {
    return !(credentials instanceof InsecureServerCredentials);
  }

  ServerCredentials credentials() {
    return credentials;
  }
}
