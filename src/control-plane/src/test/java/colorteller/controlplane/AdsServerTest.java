package colorteller.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.ProxyId;
import colorteller.mesh.ProxyId.Kind;
import io.envoyproxy.controlplane.cache.Resources;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The server as an Envoy meets it: over gRPC. */
class AdsServerTest {

  private static final String CLUSTERS = Resources.V3.CLUSTER_TYPE_URL;
  private static final String LISTENERS = Resources.V3.LISTENER_TYPE_URL;
  private static final ProxyId RED = new ProxyId("m", Kind.VIRTUAL_NODE, "red");
  private static final ProxyId BLUE = new ProxyId("m", Kind.VIRTUAL_NODE, "blue");
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

  @Test
  void whatIsPushedIsSentAndAcknowledged() throws Exception {
    try (AdsServer server = new AdsServer(ANY_PORT);
        StreamedEnvoy red = new StreamedEnvoy(server.port(), RED)) {
      red.subscribe(CLUSTERS, "");
      red.subscribe(LISTENERS, "");
      assertThat(server.awaitConnected(Set.of(RED), LIMIT)).isEmpty();

      server.push(Map.of(RED, with("one")));
      DiscoveryResponse clusters = red.next();
      assertThat(clusters.getTypeUrl()).isEqualTo(CLUSTERS);
      assertThat(clusters.getResources(0).unpack(Cluster.class).getName()).isEqualTo("one");
      red.acknowledge(clusters);
      assertThat(server.awaitAcknowledged(Duration.ZERO)).containsExactly(RED);
      red.acknowledge(red.next());
      assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
    }
  }

  @Test
  void aRejectionNamesTheProxyAndItsReasonAndIsNotSentAgain() throws Exception {
    try (AdsServer server = new AdsServer(ANY_PORT);
        StreamedEnvoy red = new StreamedEnvoy(server.port(), RED)) {
      server.push(Map.of(RED, with("bad")));
      red.subscribe(CLUSTERS, "");
      red.reject(red.next(), "no such filter");
      assertThatThrownBy(() -> server.awaitAcknowledged(LIMIT))
          .isInstanceOf(AdsException.class)
          .hasMessage("mesh/m/virtualNode/red rejects its %s: no such filter", CLUSTERS);

      // Had the clusters been sent once more, they would come before the listeners.
      red.subscribe(LISTENERS, "");
      DiscoveryResponse listeners = red.next();
      assertThat(listeners.getTypeUrl()).isEqualTo(LISTENERS);
      red.acknowledge(listeners);

      server.push(Map.of(RED, with("good")));
      red.acknowledge(red.next());
      red.acknowledge(red.next());
      assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
    }
  }

  @Test
  void aProxyThatConnectsAgainIsSentWhatItLacks() throws Exception {
    try (AdsServer server = new AdsServer(ANY_PORT)) {
      server.push(Map.of(RED, with("one")));
      String version;
      try (StreamedEnvoy red = new StreamedEnvoy(server.port(), RED)) {
        version = red.takeAll();
      }
      server.push(Map.of(RED, with("two")));
      try (StreamedEnvoy red = new StreamedEnvoy(server.port(), RED)) {
        red.subscribe(CLUSTERS, version);
        DiscoveryResponse clusters = red.next();
        assertThat(clusters.getResources(0).unpack(Cluster.class).getName()).isEqualTo("two");
        red.acknowledge(clusters);
        red.subscribe(LISTENERS, version);
        red.acknowledge(red.next());
        assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
      }
    }
  }

  @Test
  void theEndOfAFormerStreamTakesNothingFromTheNext() throws Exception {
    try (AdsServer server = new AdsServer(ANY_PORT);
        StreamedEnvoy next = new StreamedEnvoy(server.port(), RED)) {
      server.push(Map.of(RED, with("one")));
      try (StreamedEnvoy former = new StreamedEnvoy(server.port(), RED)) {
        former.takeAll();
        next.takeAll();
      }
      assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
    }
  }

  @Test
  void aServerThatStartsAgainSendsNothingThatIsThereAlready() throws Exception {
    Restarted before = served(with("one"));
    try (AdsServer server = before.again();
        StreamedEnvoy red = new StreamedEnvoy(server.port(), RED)) {
      server.push(Map.of(RED, with("one")));
      red.subscribe(CLUSTERS, before.version());
      red.subscribe(LISTENERS, before.version());
      assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();

      // The first thing that comes is what is new.
      server.push(Map.of(RED, with("two")));
      assertThat(red.next().getResources(0).unpack(Cluster.class).getName()).isEqualTo("two");
    }
  }

  @Test
  void aServerThatStartsAgainSendsWhatChangedMeanwhile() throws Exception {
    Restarted before = served(with("one"));
    try (AdsServer server = before.again();
        StreamedEnvoy red = new StreamedEnvoy(server.port(), RED)) {
      server.push(Map.of(RED, with("two")));
      red.subscribe(CLUSTERS, before.version());
      DiscoveryResponse clusters = red.next();
      assertThat(clusters.getResources(0).unpack(Cluster.class).getName()).isEqualTo("two");
      assertThat(clusters.getVersionInfo()).isNotEqualTo(before.version());
    }
  }

  @Test
  void aRemovedProxyLosesItsResourcesAndIsNotWaitedFor() throws Exception {
    try (AdsServer server = new AdsServer(ANY_PORT);
        StreamedEnvoy red = new StreamedEnvoy(server.port(), RED);
        StreamedEnvoy blue = new StreamedEnvoy(server.port(), BLUE)) {
      server.push(Map.of(RED, with("one"), BLUE, with("one")));
      red.takeAll();
      blue.takeAll();
      server.push(Map.of(BLUE, with("one")));
      assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
      assertThat(red.next().getResourcesList()).isEmpty();
      assertThat(red.next().getResourcesList()).isEmpty();

      // Nor does it get anything when it comes back.
      try (StreamedEnvoy again = new StreamedEnvoy(server.port(), RED)) {
        again.subscribe(CLUSTERS, "");
        assertThat(again.next().getResourcesList()).isEmpty();
      }
    }
  }

  @Test
  void aFormerVersionIsAcknowledgedAnew() throws Exception {
    try (AdsServer server = new AdsServer(ANY_PORT);
        StreamedEnvoy red = new StreamedEnvoy(server.port(), RED)) {
      server.push(Map.of(RED, with("one")));
      red.takeAll();
      server.push(Map.of(RED, with("two")));
      red.acknowledge(red.next());
      red.acknowledge(red.next());
      server.push(Map.of(RED, with("one")));
      assertThat(server.awaitAcknowledged(Duration.ZERO)).containsExactly(RED);
      red.acknowledge(red.next());
      red.acknowledge(red.next());
      assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
    }
  }

  /** A server that has ended, its port, and what the proxy had from it. */
  private record Restarted(int port, String version) {

    AdsServer again() throws IOException {
      return new AdsServer(new InetSocketAddress("127.0.0.1", port));
    }
  }

  private static Restarted served(ProxyResources resources) throws Exception {
    try (AdsServer server = new AdsServer(ANY_PORT);
        StreamedEnvoy red = new StreamedEnvoy(server.port(), RED)) {
      server.push(Map.of(RED, resources));
      return new Restarted(server.port(), red.takeAll());
    }
  }

  private static ProxyResources with(String name) {
    return new ProxyResources(
        List.of(Cluster.newBuilder().setName(name).build()),
        List.of(),
        List.of(Listener.newBuilder().setName(name).build()),
        List.of());
  }
}
