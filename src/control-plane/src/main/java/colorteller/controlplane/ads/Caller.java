package colorteller.controlplane.ads;

import colorteller.mesh.ProxyId;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who is at the other end of a stream. Where there is a certificate, it says so, whatever the Envoy
 * claims. Elsewhere, which is on this machine, the Envoy's node id does.
 *
 * @param address where the stream comes from
 * @param certified the proxy that the certificate names; empty where there is no certificate
 */
record Caller(String address, Optional<ProxyId> certified) {

  private static final Context.Key<Caller> KEY = Context.key("caller");

  /** Who opens the stream that is being opened. */
  static Caller current() {
    return KEY.get();
  }

  /**
   * The proxy that an Envoy is.
   *
   * @throws io.grpc.StatusRuntimeException if it does not say
   */
  ProxyId proxy(Node node) {
    return certified
        .or(() -> ProxyId.parse(node.getId()))
        .orElseThrow(
            () ->
                Status.INVALID_ARGUMENT
                    .withDescription(
                        "The node id '%s' names no proxy; one such as mesh/M/virtualNode/N does"
                            .formatted(node.getId()))
                    .asRuntimeException());
  }

  /** Finds out who calls, and refuses a certificate that names no proxy. */
  static ServerInterceptor interceptor(BiConsumer<String, String> refused) {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String address = String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        Optional<ProxyId> certified = Optional.empty();
        if (session != null) {
          X509Certificate certificate = certificate(session);
          certified = Identity.proxy(certificate);
          if (certified.isEmpty()) {
            String why =
                "the URIs of its certificate are %s, and must be one that names a proxy, such as spiffe://app-mesh/mesh/M/virtualNode/N"
                    .formatted(Identity.uris(certificate));
            refused.accept(why, address);
            call.close(Status.PERMISSION_DENIED.withDescription(why), new Metadata());
            return new ServerCall.Listener<>() {};
          }
        }
        return Contexts.interceptCall(
            Context.current().withValue(KEY, new Caller(address, certified)), call, headers, next);
      }
    };
  }

  private static X509Certificate certificate(SSLSession session) {
    try {
      return (X509Certificate) session.getPeerCertificates()[0];
    } catch (SSLPeerUnverifiedException e) {
      throw new IllegalStateException("The handshake asks for a certificate", e);
    }
  }
}
