package colorteller.controlplane;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Puts the secrets that a control plane serves where they are named.
 *
 * @param secrets by their names
 */
record SecretsInPlace(Map<String, Secret> secrets) {

  static ProxyResources of(ProxyResources resources) {
    SecretsInPlace secrets =
        new SecretsInPlace(
            resources.secrets().stream()
                .collect(Collectors.toMap(Secret::getName, Function.identity())));
    return new ProxyResources(
        resources.clusters().stream().map(secrets::in).toList(),
        resources.endpoints(),
        resources.listeners().stream().map(secrets::in).toList(),
        resources.routes());
  }

  private Cluster in(Cluster cluster) {
    return cluster.hasTransportSocket()
        ? cluster.toBuilder().setTransportSocket(in(cluster.getTransportSocket())).build()
        : cluster;
  }

  private Listener in(Listener listener) {
    Listener.Builder result = listener.toBuilder();
    result.getFilterChainsBuilderList().stream()
        .filter(chain -> chain.hasTransportSocket())
        .forEach(chain -> chain.setTransportSocket(in(chain.getTransportSocket())));
    return result.build();
  }

  private TransportSocket in(TransportSocket socket) {
    Any config = socket.getTypedConfig();
    try {
      if (config.is(UpstreamTlsContext.class)) {
        UpstreamTlsContext.Builder tls = config.unpack(UpstreamTlsContext.class).toBuilder();
        in(tls.getCommonTlsContextBuilder());
        return socket.toBuilder().setTypedConfig(Any.pack(tls.build())).build();
      }
      DownstreamTlsContext.Builder tls = config.unpack(DownstreamTlsContext.class).toBuilder();
      in(tls.getCommonTlsContextBuilder());
      return socket.toBuilder().setTypedConfig(Any.pack(tls.build())).build();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("All transport sockets are of TLS", e);
    }
  }

  private void in(CommonTlsContext.Builder tls) {
    List<SdsSecretConfig> certificates = List.copyOf(tls.getTlsCertificateSdsSecretConfigsList());
    tls.clearTlsCertificateSdsSecretConfigs();
    for (SdsSecretConfig certificate : certificates) {
      if (isServed(certificate)) {
        tls.addTlsCertificates(secret(certificate).getTlsCertificate());
      } else {
        tls.addTlsCertificateSdsSecretConfigs(certificate);
      }
    }
    CombinedCertificateValidationContext combined = tls.getCombinedValidationContext();
    if (isServed(combined.getValidationContextSdsSecretConfig())) {
      tls.setValidationContext(
          combined.getDefaultValidationContext().toBuilder()
              .mergeFrom(
                  secret(combined.getValidationContextSdsSecretConfig()).getValidationContext()));
    }
  }

  private static boolean isServed(SdsSecretConfig secret) {
    return secret.getSdsConfig().hasAds();
  }

  private Secret secret(SdsSecretConfig named) {
    return Objects.requireNonNull(secrets.get(named.getName()), named.getName());
  }
}
