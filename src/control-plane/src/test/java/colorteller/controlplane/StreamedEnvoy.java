package colorteller.controlplane;

import colorteller.mesh.ProxyId;
import com.google.rpc.Status;
import io.envoyproxy.controlplane.cache.Resources;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An Envoy's side of an ADS stream. */
final class StreamedEnvoy implements AutoCloseable {

  private static final long LIMIT_SECONDS = 20;

  private final ProxyId id;
  private final ManagedChannel channel;
  private final StreamObserver<DiscoveryRequest> requests;
  private final BlockingQueue<DiscoveryResponse> responses = new LinkedBlockingQueue<>();
  // What it has taken of each type, which an Envoy says with every request.
  private final Map<String, String> versions = new HashMap<>();

  StreamedEnvoy(int port, ProxyId id) {
    this.id = id;
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    requests =
        AggregatedDiscoveryServiceGrpc.newStub(channel)
            .streamAggregatedResources(
                new StreamObserver<>() {
                  @Override
                  public void onNext(DiscoveryResponse response) {
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

  /** Asks for a type, saying which version it has from a former stream; empty for none. */
  void subscribe(String type, String version) {
    versions.put(type, version);
    requests.onNext(request(type).build());
  }

  DiscoveryResponse next() throws InterruptedException {
    DiscoveryResponse response = responses.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (response == null) {
      throw new AssertionError("%s was sent nothing in %d s".formatted(id, LIMIT_SECONDS));
    }
    return response;
  }

  void acknowledge(DiscoveryResponse response) {
    versions.put(response.getTypeUrl(), response.getVersionInfo());
    requests.onNext(request(response.getTypeUrl()).setResponseNonce(response.getNonce()).build());
  }

  void reject(DiscoveryResponse response, String why) {
    requests.onNext(
        request(response.getTypeUrl())
            .setResponseNonce(response.getNonce())
            .setErrorDetail(Status.newBuilder().setMessage(why))
            .build());
  }

  /** Asks for clusters and listeners and takes them; gives their version. */
  String takeAll() throws InterruptedException {
    subscribe(Resources.V3.CLUSTER_TYPE_URL, "");
    acknowledge(next());
    subscribe(Resources.V3.LISTENER_TYPE_URL, "");
    DiscoveryResponse listeners = next();
    acknowledge(listeners);
    return listeners.getVersionInfo();
  }

  private DiscoveryRequest.Builder request(String type) {
    return DiscoveryRequest.newBuilder()
        .setNode(Node.newBuilder().setId(id.toString()))
        .setTypeUrl(type)
        .setVersionInfo(Objects.requireNonNull(versions.get(type)));
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
