package colorteller.meshservice;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import colorteller.controlplane.Instance;
import colorteller.controlplane.WithoutRedirection;
import colorteller.controlplane.ads.AdsEvents;
import colorteller.controlplane.ads.AdsListening;
import colorteller.controlplane.ads.AdsServer;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.template.MeshReader;
import colorteller.mesh.template.Template;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is known of instances while documents come and go. */
class ControlPlaneTest {

  private final TestClock clock = new TestClock();

  /** Another node, which the first sends to and Cloud Map knows. */
  private static final String DISCOVERED =
      """
      , "Backends": [{"VirtualService": {"VirtualServiceName": "red"}}]}}},
      "Red": {"Type": "AWS::AppMesh::VirtualNode", "Properties": {"MeshName": "m", "VirtualNodeName": "red",
        "Spec": {"Listeners": [{"PortMapping": {"Port": 80, "Protocol": "http"}}],
          "ServiceDiscovery": {"AWSCloudMap": {"NamespaceName": "test", "ServiceName": "red"}}}}},
      "Service": {"Type": "AWS::AppMesh::VirtualService", "Properties": {"MeshName": "m",
        "VirtualServiceName": "red", "Spec": {"Provider": {"VirtualNode": {"VirtualNodeName": "red"}}}}}
      """;

  @Test
  void aDocumentThatIsTakenBackFindsTheInstancesOfBefore() {
    Mesh whole = mesh(DISCOVERED);
    try (AdsServer ads = new AdsServer(AdsEvents.NONE)) {
      ControlPlane controlPlane = new ControlPlane(ads, WithoutRedirection::new, clock);
      controlPlane.accept(whole);
      Map<String, Optional<String>> unknown = versions(ads);
      CloudMap red = controlPlane.services().iterator().next();
      controlPlane.accept(red, List.of(new Instance(Map.of(IpFamily.IPV4, "192.0.2.1"))));
      Map<String, Optional<String>> known = versions(ads);
      assertThat(known).isNotEqualTo(unknown);

      controlPlane.accept(mesh("}}}"));
      controlPlane.accept(whole);
      assertThat(versions(ads)).isEqualTo(known);
      controlPlane.forget(red);
      controlPlane.accept(whole);
      assertThat(versions(ads)).as("it is named again").isEqualTo(known);

      controlPlane.accept(mesh("}}}"));
      controlPlane.forget(red);
      controlPlane.accept(whole);
      assertThat(versions(ads)).isEqualTo(unknown);
    }
  }

  @Test
  void aMeshInWhosePlaceAnotherIsDescribedIsForgottenAnHourAfterItsLastEnvoyHasGone()
      throws Exception {
    try (AdsServer ads = new AdsServer(AdsEvents.NONE)) {
      ControlPlane controlPlane = new ControlPlane(ads, WithoutRedirection::new, clock);
      ads.listen(AdsListening.onThisMachine(new InetSocketAddress("127.0.0.1", 0)));
      controlPlane.accept(mesh(DISCOVERED));
      CloudMap red = controlPlane.services().iterator().next();
      try (ConnectedEnvoy front = new ConnectedEnvoy(ads)) {
        front.awaitConnected(true);
        controlPlane.retire("m");
        pass(controlPlane, ControlPlane.KEPT.multipliedBy(2));
        assertThat(controlPlane.knows("m")).isTrue();
        assertThat(controlPlane.services()).containsExactly(red);
        // It hears of what changes as before.
        Map<String, Optional<String>> before = versions(ads);
        controlPlane.accept(red, List.of(new Instance(Map.of(IpFamily.IPV4, "192.0.2.1"))));
        assertThat(versions(ads)).isNotEqualTo(before);
      }
      ConnectedEnvoy.awaitConnected(ads, false);

      // One that connects within the hour is served, and the hour begins anew.
      pass(controlPlane, ControlPlane.KEPT);
      try (ConnectedEnvoy again = new ConnectedEnvoy(ads)) {
        again.awaitConnected(true);
        pass(controlPlane, Duration.ofSeconds(5));
      }
      ConnectedEnvoy.awaitConnected(ads, false);
      pass(controlPlane, ControlPlane.KEPT);
      assertThat(controlPlane.knows("m")).isTrue();

      pass(controlPlane, Duration.ofSeconds(5));
      assertThat(controlPlane.knows("m")).isFalse();
      assertThat(controlPlane.services()).isEmpty();
      assertThat(ads.status()).isEmpty();
      assertThat(ads.behind()).isZero();
    }
  }

  @Test
  void aMeshThatIsDescribedAgainIsNotForgotten() {
    try (AdsServer ads = new AdsServer(AdsEvents.NONE)) {
      ControlPlane controlPlane = new ControlPlane(ads, WithoutRedirection::new, clock);
      controlPlane.accept(mesh(DISCOVERED));
      controlPlane.retire("m");
      controlPlane.accept(mesh(DISCOVERED));
      pass(controlPlane, ControlPlane.KEPT.multipliedBy(2));
      assertThat(controlPlane.knows("m")).isTrue();
    }
  }

  private void pass(ControlPlane controlPlane, Duration time) {
    clock.pass(time);
    controlPlane.forgetFormer();
  }

  /** The stream of an Envoy of the node front. */
  private static final class ConnectedEnvoy implements AutoCloseable {

    private final AdsServer ads;
    private final ManagedChannel channel;

    ConnectedEnvoy(AdsServer ads) {
      this.ads = ads;
      channel = NettyChannelBuilder.forAddress(ads.address()).usePlaintext().build();
      AggregatedDiscoveryServiceGrpc.newStub(channel)
          .deltaAggregatedResources(
              new StreamObserver<>() {
                @Override
                public void onNext(DeltaDiscoveryResponse response) {}

                @Override
                public void onError(Throwable error) {}

                @Override
                public void onCompleted() {}
              })
          .onNext(
              DeltaDiscoveryRequest.newBuilder()
                  .setNode(Node.newBuilder().setId("mesh/m/virtualNode/front"))
                  .setTypeUrl("type.googleapis.com/envoy.config.cluster.v3.Cluster")
                  .build());
    }

    void awaitConnected(boolean should) {
      awaitConnected(ads, should);
    }

    static void awaitConnected(AdsServer ads, boolean should) {
      Await.until("connected: " + should, () -> ads.isConnected("m"), is -> is == should);
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }

  private static Map<String, Optional<String>> versions(AdsServer ads) {
    return ads.status().stream()
        .collect(toMap(status -> status.proxy().name(), status -> status.version()));
  }

  /** A mesh with a node, whose specification goes on, and whatever follows. */
  private static Mesh mesh(String more) {
    return MeshReader.read(
        Template.of(
            "test.json",
            """
            {"Resources": {
              "Mesh": {"Type": "AWS::AppMesh::Mesh", "Properties": {"MeshName": "m"}},
              "Front": {"Type": "AWS::AppMesh::VirtualNode", "Properties": {"MeshName": "m", "VirtualNodeName": "front",
                "Spec": {"Listeners": [{"PortMapping": {"Port": 80, "Protocol": "http"}}]%s}}
            """
                .formatted(more),
            Map.of(),
            Map.of()));
  }
}
