package colorteller.controlplane;

import colorteller.mesh.Certificate;
import colorteller.mesh.ClientTls;
import colorteller.mesh.ListenerTls;
import colorteller.mesh.Protocol;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.TlsValidation;
import colorteller.mesh.Trust;
import colorteller.mesh.VirtualNode;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.GrpcService.GoogleGrpc;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * TLS of listeners and client policies → transport sockets of one Envoy, and the secrets that these
 * name. A file is in a secret because Envoy reads it again only there, when it is replaced: when
 * something is moved to a file's name, or to another in the file's folder.
 *
 * @param proxy the Envoy
 * @param placement where its certificates are
 */
record TlsContexts(ProxyId proxy, Placement placement) {

  private static final String TLS = "envoy.transport_sockets.tls";

  /** What a listener does that encrypts. */
  TransportSocket downstream(ListenerTls tls, Protocol protocol) {
    CommonTlsContext.Builder common = CommonTlsContext.newBuilder();
    certificate(common, tls.certificate());
    // Who names no one trusts whoever the authority vouches for.
    tls.validation().ifPresent(validation -> validate(common, validation, validation.names()));
    agree(common, protocol);
    DownstreamTlsContext.Builder context =
        DownstreamTlsContext.newBuilder().setCommonTlsContext(common);
    if (tls.validation().isPresent()) {
      context.setRequireClientCertificate(BoolValue.of(true));
    }
    return socket(context.build());
  }

  /** What a client does that encrypts what it sends to a node. */
  TransportSocket upstream(Upstream upstream, Upstream.Tls tls) {
    CommonTlsContext.Builder common = CommonTlsContext.newBuilder();
    tls.policy()
        .flatMap(ClientTls::certificate)
        .ifPresent(certificate -> certificate(common, certificate));
    Optional<String> discovered =
        upstream.node().flatMap(VirtualNode::serviceDiscovery).map(ServiceDiscovery::host);
    validation(tls)
        .ifPresent(
            validation ->
                validate(
                    common,
                    validation,
                    validation.names().isEmpty()
                        ? discovered.stream().toList()
                        : validation.names()));
    agree(common, upstream.protocol());
    UpstreamTlsContext.Builder context =
        UpstreamTlsContext.newBuilder().setCommonTlsContext(common);
    discovered.ifPresent(context::setSni);
    return socket(context.build());
  }

  /**
   * The client policy's; without one, App Mesh checks a certificate of AWS Certificate Manager, and
   * no other.
   */
  private static Optional<TlsValidation> validation(Upstream.Tls tls) {
    return tls.policy()
        .map(ClientTls::validation)
        .or(
            () ->
                tls.server()
                    .filter(Certificate.Acm.class::isInstance)
                    .map(acm -> new TlsValidation(new Trust.Acm(List.of()), List.of())));
  }

  private void certificate(CommonTlsContext.Builder common, Certificate certificate) {
    Certificate placed = placement.certificate(proxy, certificate);
    if (placed instanceof Certificate.Sds sds) {
      common.addTlsCertificateSdsSecretConfigs(discovered(sds.secret()));
    } else if (placed instanceof Certificate.File file) {
      common.addTlsCertificateSdsSecretConfigs(served(Names.secret(file)));
    } else {
      throw new IllegalArgumentException("not placed in files: " + placed);
    }
  }

  private void validate(
      CommonTlsContext.Builder common, TlsValidation validation, List<String> names) {
    CertificateValidationContext.Builder context = CertificateValidationContext.newBuilder();
    names.forEach(name -> context.addMatchTypedSubjectAltNames(san(name)));
    Trust trust = placement.trust(proxy, validation.trust());
    SdsSecretConfig authority;
    if (trust instanceof Trust.Sds sds) {
      authority = discovered(sds.secret());
    } else if (trust instanceof Trust.File file) {
      authority = served(Names.secret(file));
    } else {
      throw new IllegalArgumentException("not placed in a file: " + trust);
    }
    common.setCombinedValidationContext(
        CombinedCertificateValidationContext.newBuilder()
            .setDefaultValidationContext(context)
            .setValidationContextSdsSecretConfig(authority));
  }

  /** The secrets that a listener's transport socket names and this control plane has to serve. */
  Stream<Secret> secrets(ListenerTls tls) {
    return Stream.concat(
        secret(tls.certificate()),
        tls.validation().stream().flatMap(validation -> secret(validation.trust())));
  }

  /** Those that a client's transport socket names. */
  Stream<Secret> secrets(Upstream.Tls tls) {
    return Stream.concat(
        tls.policy().flatMap(ClientTls::certificate).stream().flatMap(this::secret),
        validation(tls).stream().flatMap(validation -> secret(validation.trust())));
  }

  private Stream<Secret> secret(Certificate certificate) {
    return placement.certificate(proxy, certificate) instanceof Certificate.File file
        ? Stream.of(
            Secret.newBuilder()
                .setName(Names.secret(file))
                .setTlsCertificate(
                    TlsCertificate.newBuilder()
                        .setCertificateChain(file(file.chain()))
                        .setPrivateKey(file(file.privateKey())))
                .build())
        : Stream.empty();
  }

  private Stream<Secret> secret(Trust trust) {
    return placement.trust(proxy, trust) instanceof Trust.File file
        ? Stream.of(
            Secret.newBuilder()
                .setName(Names.secret(file))
                .setValidationContext(
                    CertificateValidationContext.newBuilder().setTrustedCa(file(file.chain())))
                .build())
        : Stream.empty();
  }

  private static SubjectAltNameMatcher san(String name) {
    return SubjectAltNameMatcher.newBuilder()
        .setSanType(name.contains("://") ? SanType.URI : SanType.DNS)
        .setMatcher(StringMatcher.newBuilder().setExact(name))
        .build();
  }

  /** A secret of this control plane. */
  private static SdsSecretConfig served(String name) {
    return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(Clusters.ADS).build();
  }

  /** A secret of the discovery service beside the Envoy. */
  private SdsSecretConfig discovered(String name) {
    return SdsSecretConfig.newBuilder()
        .setName(name)
        .setSdsConfig(
            ConfigSource.newBuilder()
                .setResourceApiVersion(ApiVersion.V3)
                .setApiConfigSource(
                    ApiConfigSource.newBuilder()
                        .setApiType(ApiConfigSource.ApiType.GRPC)
                        .setTransportApiVersion(ApiVersion.V3)
                        // Envoy's own gRPC client would need a cluster in the bootstrap.
                        .addGrpcServices(
                            GrpcService.newBuilder()
                                .setGoogleGrpc(
                                    GoogleGrpc.newBuilder()
                                        .setTargetUri("unix:" + placement.secrets(proxy))
                                        .setStatPrefix("sds")))))
        .build();
  }

  private static DataSource file(String path) {
    return DataSource.newBuilder().setFilename(path).build();
  }

  private static void agree(CommonTlsContext.Builder common, Protocol protocol) {
    if (protocol.isHttp2()) {
      common.addAlpnProtocols("h2");
    }
  }

  private static TransportSocket socket(Message context) {
    return TransportSocket.newBuilder().setName(TLS).setTypedConfig(Any.pack(context)).build();
  }
}
