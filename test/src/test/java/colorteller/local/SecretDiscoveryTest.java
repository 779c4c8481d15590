package colorteller.local;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.acceptance.Ports;
import colorteller.acceptance.StandAlone;
import colorteller.controlplane.AwsTask;
import colorteller.controlplane.Translator;
import colorteller.mesh.Certificate;
import colorteller.mesh.IpPreference;
import colorteller.mesh.IpPreference.ListenerBinding;
import colorteller.mesh.Listener;
import colorteller.mesh.ListenerTls;
import colorteller.mesh.Mesh;
import colorteller.mesh.Protocol;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Timeouts;
import colorteller.mesh.VirtualGateway;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A certificate of a secret discovery service: a real Envoy asks for it, and is told of another.
 */
class SecretDiscoveryTest {

  private static final String SECRET = "spiffe://example.com/gateway";
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void anEnvoyHasItsCertificateFromTheSocketBesideIt() throws Exception {
    LocalAuthority authority = new LocalAuthority();
    LocalAuthority.Issued first = authority.issue("first", List.of("localhost"));
    LocalAuthority.Issued second = authority.issue("second", List.of("localhost"));
    int port = Ports.free();
    try (SecretService service = new SecretService(folder.resolve("agent.sock"), first)) {
      Process envoy = StandAlone.start(folder, bootstrap(port));
      try {
        awaitShown(port, first);
        assertThat(service.asked()).isEqualTo(SECRET);
        service.serve(second);
        awaitShown(port, second);
      } finally {
        envoy.destroyForcibly().waitFor();
      }
    }
  }

  /** An Envoy that has what the translator gives it for a task on AWS, but for its addresses. */
  private String bootstrap(int port) throws Exception {
    Listener listener =
        new Listener(
            8443,
            Protocol.HTTP,
            Optional.empty(),
            Optional.of(
                new ListenerTls(
                    ListenerTls.Mode.STRICT, new Certificate.Sds(SECRET), Optional.empty())),
            Timeouts.DEFAULT,
            Optional.empty(),
            Optional.empty());
    VirtualGateway gateway = VirtualGateway.of("gateway", listener, List.of());
    Mesh mesh =
        new Mesh(
            "m",
            IpPreference.IPV4_ONLY,
            false,
            Map.of("gateway", gateway),
            Map.of(),
            Map.of(),
            Map.of());
    int egress = Ports.free();
    AwsTask placement =
        new AwsTask() {
          @Override
          public List<SocketAddress> ingress(
              VirtualGateway own, Listener its, ListenerBinding binding) {
            return List.of(address(port));
          }

          @Override
          public List<SocketAddress> egress(ProxyId proxy, ListenerBinding binding) {
            return List.of(address(egress));
          }

          @Override
          public String secrets(ProxyId proxy) {
            return folder.resolve("agent.sock").toString();
          }
        };
    return StandAlone.bootstrap(
        new Translator(mesh, placement, Map.of()).proxies().values().iterator().next());
  }

  private static SocketAddress address(int port) {
    return SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port).build();
  }

  private void awaitShown(int port, LocalAuthority.Issued certificate) throws Exception {
    X509Certificate expected =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(
                        certificate.chain().getBytes(StandardCharsets.US_ASCII)));
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!shown(port).equals(Optional.of(expected))) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("time is up: " + Files.readString(folder.resolve("envoy.log")));
      }
      Pause.briefly();
    }
  }

  private static Optional<X509Certificate> shown(int port) {
    try {
      return Optional.of(Handshake.certificate(port));
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /** What stands in for SPIRE's agent. */
  private static final class SecretService
      extends SecretDiscoveryServiceGrpc.SecretDiscoveryServiceImplBase implements AutoCloseable {

    private final EpollEventLoopGroup threads = new EpollEventLoopGroup(1);
    private final AtomicInteger version = new AtomicInteger();
    private final Server server;
    private Secret secret;
    private Optional<StreamObserver<DiscoveryResponse>> envoy = Optional.empty();
    private String asked = "";

    SecretService(Path socket, LocalAuthority.Issued certificate) throws Exception {
      secret = secret(certificate);
      server =
          NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
              .channelType(EpollServerDomainSocketChannel.class)
              .bossEventLoopGroup(threads)
              .workerEventLoopGroup(threads)
              .addService(this)
              .build()
              .start();
    }

    private static Secret secret(LocalAuthority.Issued certificate) {
      return Secret.newBuilder()
          .setName(SECRET)
          .setTlsCertificate(
              TlsCertificate.newBuilder()
                  .setCertificateChain(inline(certificate.chain()))
                  .setPrivateKey(inline(certificate.privateKey())))
          .build();
    }

    private static DataSource inline(String text) {
      return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(text)).build();
    }

    /** The secret that the Envoy asked for. */
    synchronized String asked() {
      return asked;
    }

    synchronized void serve(LocalAuthority.Issued certificate) {
      secret = secret(certificate);
      envoy.ifPresent(this::send);
    }

    private void send(StreamObserver<DiscoveryResponse> to) {
      to.onNext(
          DiscoveryResponse.newBuilder()
              .setTypeUrl("type.googleapis.com/" + Secret.getDescriptor().getFullName())
              .setVersionInfo(String.valueOf(version.incrementAndGet()))
              .setNonce(String.valueOf(version.get()))
              .addResources(Any.pack(secret))
              .build());
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamSecrets(StreamObserver<DiscoveryResponse> to) {
      return new StreamObserver<>() {
        @Override
        public void onNext(DiscoveryRequest request) {
          synchronized (SecretService.this) {
            // The requests after that are acknowledgements.
            if (envoy.isEmpty()) {
              envoy = Optional.of(to);
              asked = String.join(", ", request.getResourceNamesList());
              send(to);
            }
          }
        }

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {
          to.onCompleted();
        }
      };
    }

    @Override
    public void close() {
      server.shutdownNow();
      threads.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
