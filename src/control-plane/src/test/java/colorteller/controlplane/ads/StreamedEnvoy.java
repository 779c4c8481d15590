package colorteller.controlplane.ads;

import colorteller.mesh.ProxyId;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An Envoy's side of a stream, word for word. */
final class StreamedEnvoy implements AutoCloseable {

  private static final long LIMIT_SECONDS = 20;

  private final ProxyId id;
  private final ManagedChannel channel;
  private final StreamObserver<DeltaDiscoveryRequest> requests;
  private final BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();

  StreamedEnvoy(int port, ProxyId id) {
    this.id = id;
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    requests =
        AggregatedDiscoveryServiceGrpc.newStub(channel)
            .deltaAggregatedResources(
                new StreamObserver<>() {
                  @Override
                  public void onNext(DeltaDiscoveryResponse response) {
                    responses.add(response);
                  }

                  @Override
                  public void onError(Throwable error) {
                    // The test that waits for a response says that none came.
                  }

                  @Override
                  public void onCompleted() {}
                });
  }

  /** Asks for all of a type. */
  void subscribe(ResourceType type) {
    subscribe(type, Map.of());
  }

  /** Asks for a type, saying what it has from a former stream: the versions by name. */
  void subscribe(ResourceType type, Map<String, String> has, String... names) {
    requests.onNext(
        request(type)
            .putAllInitialResourceVersions(has)
            .addAllResourceNamesSubscribe(List.of(names))
            .build());
  }

  /** What comes next, which must be of a type. */
  DeltaDiscoveryResponse next(ResourceType type) throws InterruptedException {
    DeltaDiscoveryResponse response = responses.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (response == null) {
      throw new AssertionError("%s was sent nothing in %d s".formatted(id, LIMIT_SECONDS));
    }
    if (!response.getTypeUrl().equals(type.typeUrl())) {
      throw new AssertionError("not a %s: %s".formatted(type, response));
    }
    return response;
  }

  void acknowledge(DeltaDiscoveryResponse response) {
    requests.onNext(answer(response).build());
  }

  void reject(DeltaDiscoveryResponse response, String why) {
    requests.onNext(answer(response).setErrorDetail(Status.newBuilder().setMessage(why)).build());
  }

  /** Takes what comes next, which must be of a type, and gives the names of what it is given. */
  List<String> take(ResourceType type) throws InterruptedException {
    DeltaDiscoveryResponse response = next(type);
    acknowledge(response);
    return response.getResourcesList().stream().map(Resource::getName).toList();
  }

  private DeltaDiscoveryRequest.Builder answer(DeltaDiscoveryResponse response) {
    return request(ResourceType.of(response.getTypeUrl()).orElseThrow())
        .setResponseNonce(response.getNonce());
  }

  private DeltaDiscoveryRequest.Builder request(ResourceType type) {
    return DeltaDiscoveryRequest.newBuilder()
        .setNode(Node.newBuilder().setId(id.toString()))
        .setTypeUrl(type.typeUrl());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
