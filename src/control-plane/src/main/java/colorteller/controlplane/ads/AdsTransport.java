package colorteller.controlplane.ads;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Attributes;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The gRPC server, which makes an {@link AdsStream} of each call. */
final class AdsTransport implements AutoCloseable {

  /** How long a connection lives: after that an Envoy connects anew, perhaps to another task. */
  private static final long CONNECTION_MINUTES = 30;

  /** An Envoy has one stream, and another while it gives that up. */
  private static final int MOST_STREAMS_OF_A_CONNECTION = 4;

  private static final long PING_SECONDS = 30;
  private static final long PING_LIMIT_SECONDS = 10;

  private final Server server;
  private final SocketAddress address;

  /** Opens the stream of a caller. */
  interface Opening {
    AdsStream open(Caller caller, StreamObserver<DeltaDiscoveryResponse> responses);
  }

  /**
   * Starts to listen.
   *
   * @param events hear of who is refused
   * @param opening opens the streams of the others
   */
  AdsTransport(AdsListening listening, AdsEvents events, Opening opening) throws IOException {
    NettyServerBuilder builder = at(listening);
    if (listening.hasCertificates()) {
      builder.addTransportFilter(new Handshakes(events));
    }
    server =
        builder
            // What a stream does is short, and waits for nobody.
            .directExecutor()
            .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(PING_LIMIT_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .maxConnectionAge(CONNECTION_MINUTES, TimeUnit.MINUTES)
            .maxConcurrentCallsPerConnection(MOST_STREAMS_OF_A_CONNECTION)
            .maxConnectionAgeGrace(1, TimeUnit.SECONDS)
            .addService(
                ServerInterceptors.intercept(
                    new Service(opening), Caller.interceptor(events::refused)))
            .build()
            .start();
    address =
        listening.address() instanceof InetSocketAddress socket
            ? new InetSocketAddress(socket.getAddress(), server.getPort())
            : listening.address();
  }

  private static NettyServerBuilder at(AdsListening listening) {
    if (!(listening.address() instanceof UnixDomainSocketAddress pipe)) {
      return NettyServerBuilder.forAddress(listening.address(), listening.credentials());
    }
    EventLoopGroup threads = new EpollEventLoopGroup(1, new DefaultThreadFactory("ads", true));
    return NettyServerBuilder.forAddress(
            new DomainSocketAddress(pipe.getPath().toFile()), listening.credentials())
        .channelType(EpollServerDomainSocketChannel.class)
        .bossEventLoopGroup(threads)
        .workerEventLoopGroup(threads);
  }

  SocketAddress address() {
    return address;
  }

  /** Whoever connects from now on is refused; open streams stay. */
  void acceptNoMore() {
    server.shutdown();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A connection that ends without ever having been ready has no attributes. */
  private static final class Handshakes extends ServerTransportFilter {

    private final AdsEvents events;

    Handshakes(AdsEvents events) {
      this.events = events;
    }

    @Override
    public void transportTerminated(@Nullable Attributes attributes) {
      if (attributes == null) {
        events.handshakeFailed();
      }
    }
  }

  private static final class Service extends AggregatedDiscoveryServiceImplBase {

    private final Opening opening;

    Service(Opening opening) {
      this.opening = opening;
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> responses) {
      AdsStream stream = opening.open(Caller.current(), responses);
      // With it, what is sent to who has just gone is dropped instead of thrown.
      ((ServerCallStreamObserver<DeltaDiscoveryResponse>) responses)
          .setOnCancelHandler(stream::end);
      return stream;
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(
        StreamObserver<DiscoveryResponse> responses) {
      responses.onError(
          Status.UNIMPLEMENTED
              .withDescription(
                  "Only incremental discovery is served; give ads_config the api_type DELTA_GRPC")
              .asRuntimeException());
      return new StreamObserver<>() {
        @Override
        public void onNext(DiscoveryRequest request) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
      };
    }
  }
}
