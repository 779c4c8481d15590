package colorteller.controlplane.ads;

import static colorteller.controlplane.ads.ResourceType.CLUSTER;
import static colorteller.controlplane.ads.ResourceType.ENDPOINT;
import static colorteller.controlplane.ads.ResourceType.LISTENER;
import static colorteller.controlplane.ads.ResourceType.ROUTE;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.controlplane.ProxyResources;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ProxyId.Kind;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server as an Envoy meets it: over gRPC, word for word. */
class AdsServerTest {

  private static final ProxyId RED = new ProxyId("m", Kind.VIRTUAL_NODE, "red");
  private static final ProxyId BLUE = new ProxyId("m", Kind.VIRTUAL_NODE, "blue");
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private AdsServer server;
  private StreamedEnvoy red;

  @BeforeEach
  void start() throws Exception {
    server = new AdsServer(new InetSocketAddress("127.0.0.1", 0));
    red = envoy(RED);
  }

  @AfterEach
  void end() {
    red.close();
    server.close();
  }

  private StreamedEnvoy envoy(ProxyId proxy) {
    return new StreamedEnvoy(((InetSocketAddress) server.address()).getPort(), proxy);
  }

  @Test
  void whatIsPushedIsSentAndAcknowledged() throws Exception {
    red.subscribe(CLUSTER);
    red.subscribe(LISTENER);
    assertThat(server.awaitConnected(Set.of(RED), LIMIT)).isEmpty();
    server.push(Map.of(RED, with("one")));
    assertThat(red.take(CLUSTER)).containsExactly("one");
    DeltaDiscoveryResponse listeners = red.next(LISTENER);
    assertThat(server.awaitAcknowledged(Duration.ZERO)).containsExactly(RED);
    red.acknowledge(listeners);
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
  }

  @Test
  void onlyWhatHasChangedIsSentAndRemovalsAreLast() throws Exception {
    server.push(Map.of(RED, resources(clusters("kept", "gone"), listeners("kept", "gone"))));
    takeAll(red);
    server.push(Map.of(RED, resources(clusters("kept", "new"), listeners("kept", "new"))));
    assertThat(red.take(CLUSTER)).containsExactly("new");
    DeltaDiscoveryResponse listeners = red.next(LISTENER);
    assertThat(listeners.getResourcesList()).hasSize(1);
    assertThat(listeners.getRemovedResourcesList()).isEmpty();
    red.acknowledge(listeners);
    DeltaDiscoveryResponse removed = red.next(LISTENER);
    assertThat(removed.getRemovedResourcesList()).containsExactly("gone");
    red.acknowledge(removed);
    removed = red.next(CLUSTER);
    assertThat(removed.getRemovedResourcesList()).containsExactly("gone");
    assertThat(server.awaitAcknowledged(Duration.ZERO)).containsExactly(RED);
    red.acknowledge(removed);
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
  }

  @Test
  void listenersWaitUntilTheEnvoyCanUseItsClusters() throws Exception {
    red.subscribe(CLUSTER);
    red.subscribe(LISTENER);
    server.push(Map.of(RED, with("one")));
    DeltaDiscoveryResponse clusters = red.next(CLUSTER);
    // Endpoints do not wait: clusters wait for them.
    red.subscribe(ENDPOINT, Map.of(), "unknown");
    assertThat(red.next(ENDPOINT).getRemovedResourcesList()).containsExactly("unknown");
    red.acknowledge(clusters);
    assertThat(red.take(LISTENER)).containsExactly("one");
  }

  @Test
  void aClusterThatIsNeverReadyHoldsNothingUpForLong() throws Exception {
    red.subscribe(CLUSTER);
    red.subscribe(LISTENER);
    server.push(Map.of(RED, with("one")));
    red.next(CLUSTER);
    assertThat(red.take(LISTENER)).containsExactly("one");
  }

  @Test
  void changesDuringAPushAreMerged() throws Exception {
    red.subscribe(CLUSTER);
    red.subscribe(LISTENER);
    server.push(Map.of(RED, with("one")));
    DeltaDiscoveryResponse first = red.next(CLUSTER);
    server.push(Map.of(RED, with("two")));
    server.push(Map.of(RED, with("three")));
    red.acknowledge(first);
    assertThat(red.take(CLUSTER)).containsExactly("three");
    assertThat(red.take(LISTENER)).containsExactly("three");
    DeltaDiscoveryResponse removed = red.next(CLUSTER);
    assertThat(removed.getRemovedResourcesList()).containsExactly("one");
    red.acknowledge(removed);
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
  }

  @Test
  void endpointsAreSentAgainAfterTheirCluster() throws Exception {
    red.subscribe(CLUSTER);
    red.subscribe(LISTENER);
    server.push(Map.of(RED, endpoints("alt", "192.0.2.1")));
    red.take(CLUSTER);
    assertThat(red.take(LISTENER)).isEmpty();
    red.subscribe(ENDPOINT, Map.of(), "c");
    assertThat(red.take(ENDPOINT)).containsExactly("c");
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
    server.push(Map.of(RED, endpoints("other", "192.0.2.1")));
    assertThat(red.take(CLUSTER)).containsExactly("c");
    assertThat(red.take(ENDPOINT)).containsExactly("c");
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
  }

  @Test
  void endpointsOfAClusterThatChangedBeforeAStreamBrokeAreSentOnTheNext() throws Exception {
    server.push(Map.of(RED, endpoints("alt", "192.0.2.1")));
    String endpoints = version(endpoints("alt", "192.0.2.1"), ENDPOINT, "c");
    server.push(Map.of(RED, endpoints("other", "192.0.2.1")));
    red.subscribe(CLUSTER, Map.of("c", version(endpoints("other", "192.0.2.1"), CLUSTER, "c")));
    red.subscribe(ENDPOINT, Map.of("c", endpoints), "c");
    assertThat(red.take(ENDPOINT)).containsExactly("c");
  }

  @Test
  void aChangedInstanceReachesThoseWhomItConcerns() throws Exception {
    try (StreamedEnvoy blue = envoy(BLUE)) {
      server.push(Map.of(RED, endpoints("alt", "192.0.2.1"), BLUE, with("one")));
      takeAll(blue);
      red.subscribe(CLUSTER);
      red.take(CLUSTER);
      red.subscribe(ENDPOINT, Map.of(), "c");
      red.take(ENDPOINT);
      red.subscribe(LISTENER);
      red.take(LISTENER);
      assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
      server.pushEndpoints(List.of(assignment("c", "192.0.2.2")));
      assertThat(server.awaitAcknowledged(Duration.ZERO)).containsExactly(RED);
      assertThat(red.take(ENDPOINT)).containsExactly("c");
      assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
      server.pushEndpoints(List.of(assignment("c", "192.0.2.2")));
      assertThat(server.awaitAcknowledged(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void endpointsOfWhichNothingIsKnownAreLeftAlone() throws Exception {
    ProxyResources known = endpoints("alt", "192.0.2.1");
    server.push(Map.of(RED, new ProxyResources(known.clusters(), List.of(), List.of(), List.of())));
    red.subscribe(CLUSTER, versions(known, CLUSTER));
    red.subscribe(ENDPOINT, versions(known, ENDPOINT), "c");
    red.subscribe(LISTENER);
    assertThat(red.take(LISTENER)).isEmpty();
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
    server.pushEndpoints(List.of(assignment("c", "192.0.2.2")));
    assertThat(red.take(ENDPOINT)).containsExactly("c");
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
  }

  @Test
  void aRejectedResourceIsNamedAndNotSentAgainAndTheOthersAreTaken() throws Exception {
    red.subscribe(CLUSTER);
    red.subscribe(LISTENER);
    server.push(Map.of(RED, resources(clusters("good", "bad", "well"), listeners("one"))));
    DeltaDiscoveryResponse response = red.next(CLUSTER);
    assertThat(response.getResourcesList()).hasSize(3);
    red.reject(response, "something is wrong");
    assertThat(red.take(CLUSTER)).containsExactly("good");
    response = red.next(CLUSTER);
    red.reject(response, "no such filter");
    response = red.next(CLUSTER);
    assertThat(response.getResourcesList()).singleElement().matches(r -> r.getName().equals("bad"));
    red.reject(response, "no such filter");
    assertThat(red.take(CLUSTER)).containsExactly("well");
    // It had no listener; one that it had would have stayed as it was.
    assertThat(red.take(LISTENER)).containsExactly("one");
    assertThatThrownBy(() -> server.awaitAcknowledged(LIMIT))
        .isInstanceOf(AdsException.class)
        .hasMessage("mesh/m/virtualNode/red rejects its cluster bad: no such filter");

    server.push(Map.of(RED, resources(clusters("good", "well"), listeners("one"))));
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
  }

  @Test
  void whatCannotBeTranslatedChangesNothing() throws Exception {
    server.push(Map.of(RED, with("one"), BLUE, with("one")));
    takeAll(red);
    assertThatThrownBy(
            () ->
                server.push(
                    Set.of(RED, BLUE),
                    id -> {
                      if (id.equals(BLUE)) {
                        throw new ArithmeticException("blue cannot be translated");
                      }
                      return with("two");
                    },
                    Set.of(BLUE)))
        .isInstanceOf(ArithmeticException.class);
    // Neither was red given anything, nor is it forgotten.
    assertThat(server.status()).allMatch(status -> status.version().isPresent());
    server.push(Map.of(RED, with("three"), BLUE, with("one")));
    assertThat(red.take(CLUSTER)).containsExactly("three");
  }

  @Test
  void ofWhatAnEnvoyRejectsOneAfterTheOtherTheLastCounts() throws Exception {
    server.push(Map.of(RED, resources(clusters("a"), listeners("one"))));
    takeAll(red);
    for (int bad = 0; bad < 20; bad++) {
      Listener listener = Listener.newBuilder().setName("one").setStatPrefix("bad " + bad).build();
      server.push(Map.of(RED, resources(clusters("a"), List.of(listener))));
      red.reject(red.next(LISTENER), "no");
    }
    assertThatThrownBy(() -> server.awaitAcknowledged(LIMIT)).isInstanceOf(AdsException.class);
    assertThat(server.rejected()).isEqualTo(1);
  }

  @Test
  void whatWasRejectedAndMendedIsSentAgainWhenItComesBack() throws Exception {
    server.push(Map.of(RED, routes("good")));
    takeAll(red);
    red.subscribe(ROUTE, Map.of(), "r");
    red.take(ROUTE);
    for (int time = 1; time <= 2; time++) {
      server.push(Map.of(RED, routes("bad")));
      red.reject(red.next(ROUTE), "no");
      assertThatThrownBy(() -> server.awaitAcknowledged(LIMIT)).isInstanceOf(AdsException.class);
      // It has these still, so that nothing is sent.
      server.push(Map.of(RED, routes("good")));
      assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
    }
    assertThat(server.rejected()).isZero();
  }

  private static ProxyResources routes(String header) {
    return new ProxyResources(
        clusters("a"),
        List.of(),
        listeners("one"),
        List.of(
            RouteConfiguration.newBuilder()
                .setName("r")
                .addResponseHeadersToRemove(header)
                .build()));
  }

  @Test
  void whatAnEnvoyHasStaysWhileItRejectsWhatThatMayReferTo() throws Exception {
    server.push(Map.of(RED, resources(clusters("a"), listeners("one", "two"))));
    takeAll(red);
    server.push(
        Map.of(
            RED,
            new ProxyResources(
                clusters("a", "bad"),
                List.of(),
                List.of(
                    Listener.newBuilder().setName("one").setStatPrefix("uses bad").build(),
                    Listener.newBuilder().setName("new").build()),
                List.of())));
    red.reject(red.next(CLUSTER), "bad");
    assertThat(red.take(LISTENER)).containsExactly("new");
    server.push(Map.of(RED, resources(clusters("a"), listeners("one"))));
    // Nothing of "one" was sent: only what is gone goes.
    DeltaDiscoveryResponse removed = red.next(LISTENER);
    assertThat(removed.getRemovedResourcesList()).containsExactlyInAnyOrder("two", "new");
  }

  @Test
  void aServerThatStartsAgainSendsWhatDiffersAndRemovesWhatIsGone() throws Exception {
    ProxyResources before = resources(clusters("kept", "gone"), listeners("kept"));
    server.push(Map.of(RED, resources(clusters("kept", "new"), listeners("kept"))));
    red.subscribe(CLUSTER, versions(before, CLUSTER));
    assertThat(red.take(CLUSTER)).containsExactly("new");
    red.subscribe(LISTENER, versions(before, LISTENER));
    DeltaDiscoveryResponse removed = red.next(CLUSTER);
    assertThat(removed.getRemovedResourcesList()).containsExactly("gone");
    red.acknowledge(removed);
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
  }

  @Test
  void aServerThatStartsAgainSendsNothingThatIsThereAlready() throws Exception {
    ProxyResources same =
        new ProxyResources(
            clusters("c"),
            List.of(assignment("c", "192.0.2.1")),
            listeners("one"),
            List.of(RouteConfiguration.newBuilder().setName("r").build()));
    server.push(Map.of(RED, same));
    red.subscribe(CLUSTER, versions(same, CLUSTER));
    red.subscribe(ENDPOINT, versions(same, ENDPOINT), "c");
    red.subscribe(LISTENER, versions(same, LISTENER));
    red.subscribe(ROUTE, versions(same, ROUTE), "r");
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
    // The first thing that comes is what is new.
    server.push(Map.of(RED, resources(clusters("c"), listeners("two"))));
    assertThat(red.take(LISTENER)).containsExactly("two");
  }

  @Test
  void everyEnvoyOfAProxyHasToAcknowledge() throws Exception {
    try (StreamedEnvoy second = envoy(RED)) {
      server.push(Map.of(RED, with("one")));
      takeAll(red);
      assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
      second.subscribe(CLUSTER);
      second.take(CLUSTER);
      assertThat(server.awaitAcknowledged(Duration.ZERO)).containsExactly(RED);
      second.subscribe(LISTENER);
      second.take(LISTENER);
      assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
      assertThat(server.status().get(0).envoys()).hasSize(2);
    }
  }

  @Test
  void anEnvoyThatGoesTakesNothingFromTheOther() throws Exception {
    server.push(Map.of(RED, with("one")));
    try (StreamedEnvoy former = envoy(RED)) {
      takeAll(red);
      former.subscribe(CLUSTER);
      former.next(CLUSTER);
    }
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
  }

  @Test
  void whoIsInNoDocumentIsToldNothing() throws Exception {
    try (StreamedEnvoy blue = envoy(BLUE)) {
      server.push(Map.of(RED, with("one"), BLUE, with("one")));
      takeAll(red);
      takeAll(blue);
      server.push(Map.of(RED, with("two")));
      assertThat(red.take(CLUSTER)).containsExactly("two");
      // The first that it hears of is what a document has for it again.
      server.push(Map.of(RED, with("two"), BLUE, with("three")));
      assertThat(blue.take(CLUSTER)).containsExactly("three");
    }
  }

  @Test
  void aFormerVersionIsAcknowledgedAnew() throws Exception {
    server.push(Map.of(RED, resources(clusters("a"), listeners("one"))));
    takeAll(red);
    Listener other = Listener.newBuilder().setName("one").setStatPrefix("other").build();
    server.push(Map.of(RED, resources(clusters("a"), List.of(other))));
    red.take(LISTENER);
    server.push(Map.of(RED, resources(clusters("a"), listeners("one"))));
    assertThat(server.awaitAcknowledged(Duration.ZERO)).containsExactly(RED);
    red.take(LISTENER);
    assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
  }

  /** Acknowledgements come in threads of their own while more is pushed. */
  @Test
  void nobodyIsBehindWhoHasAcknowledgedMeanwhile() throws Exception {
    List<ProxyId> proxies =
        IntStream.range(0, 50)
            .mapToObj(number -> new ProxyId("m", Kind.VIRTUAL_NODE, "n" + number))
            .toList();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (ProxyId proxy : proxies) {
        Acknowledging envoy = new Acknowledging(proxy, threads);
        envoy.stream = server.open(new Caller("here", Optional.empty()), envoy);
        envoy.ask(CLUSTER, "");
        envoy.ask(LISTENER, "");
      }
      for (int push = 0; push < (Boolean.getBoolean("proof") ? 3000 : 300); push++) {
        ProxyResources next = with(push % 2 == 0 ? "one" : "two");
        server.push(proxies.stream().collect(toMap(proxy -> proxy, proxy -> next)));
        assertThat(server.awaitAcknowledged(LIMIT)).isEmpty();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** An Envoy that takes everything, a moment later. */
  private static final class Acknowledging implements StreamObserver<DeltaDiscoveryResponse> {

    private final ProxyId proxy;
    private final ExecutorService threads;
    private AdsStream stream;

    Acknowledging(ProxyId proxy, ExecutorService threads) {
      this.proxy = proxy;
      this.threads = threads;
    }

    void ask(ResourceType type, String nonce) {
      stream.onNext(
          DeltaDiscoveryRequest.newBuilder()
              .setNode(Node.newBuilder().setId(proxy.toString()))
              .setTypeUrl(type.typeUrl())
              .setResponseNonce(nonce)
              .build());
    }

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
      threads.execute(
          () -> ask(ResourceType.of(response.getTypeUrl()).orElseThrow(), response.getNonce()));
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }

  @Test
  void aFaultOfOneStreamEndsThatAndIsTold() throws Exception {
    BlockingQueue<RuntimeException> faults = new LinkedBlockingQueue<>();
    RuntimeException fault = new IllegalStateException("whatever it is");
    try (AdsServer other =
        new AdsServer(
            new AdsEvents() {
              @Override
              public void connected(ProxyId proxy) {
                if (proxy.equals(BLUE)) {
                  throw fault;
                }
              }

              @Override
              public void failed(RuntimeException fault, String address) {
                faults.add(fault);
              }
            })) {
      other.listen(AdsListening.onThisMachine(new InetSocketAddress("127.0.0.1", 0)));
      int port = ((InetSocketAddress) other.address()).getPort();
      other.push(Map.of(RED, with("one")));
      try (StreamedEnvoy blue = new StreamedEnvoy(port, BLUE);
          StreamedEnvoy well = new StreamedEnvoy(port, RED)) {
        blue.subscribe(CLUSTER);
        assertThat(faults.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isSameAs(fault);
        well.subscribe(CLUSTER);
        assertThat(well.take(CLUSTER)).containsExactly("one");
        assertThat(other.status()).extracting(ProxyStatus::proxy).containsExactly(RED);
      }
    }
  }

  /** Whoever has a certificate could fill the memory of all otherwise. */
  @Test
  void whoAsksForMoreThanAnybodyNeedsIsRefused() {
    DeltaDiscoveryRequest.Builder request =
        DeltaDiscoveryRequest.newBuilder().setTypeUrl(ENDPOINT.typeUrl());
    List<String> names =
        IntStream.range(0, Subscription.MOST_NAMES).mapToObj(i -> "cluster-" + i).toList();
    DeltaDiscoveryRequest most = request.clone().addAllResourceNamesSubscribe(names).build();
    DeltaDiscoveryRequest oneMore = request.clone().addResourceNamesSubscribe("more").build();
    assertThat(refusals(most)).isEmpty();
    assertThat(refusals(most, oneMore)).singleElement().asString().contains("10001 resources");
    DeltaDiscoveryRequest.Builder has = request.clone().putInitialResourceVersions("more", "1");
    names.forEach(name -> has.putInitialResourceVersions(name, "1"));
    assertThat(refusals(has.build())).singleElement().asString().contains("10001 resources");
    String tooLong = "n".repeat(Subscription.MOST_NAME_CHARACTERS + 1);
    assertThat(refusals(request.clone().addResourceNamesSubscribe(tooLong).build()))
        .singleElement()
        .asString()
        .contains("a name or version of 1001 characters");
  }

  private static List<String> refusals(DeltaDiscoveryRequest... requests) {
    List<String> refusals = new ArrayList<>();
    List<Status.Code> ends = new ArrayList<>();
    try (AdsServer server =
        new AdsServer(
            new AdsEvents() {
              @Override
              public void refused(String why, String address) {
                refusals.add(why);
              }
            })) {
      AdsStream stream =
          server.open(
              new Caller("here", Optional.of(RED)),
              new StreamObserver<>() {
                @Override
                public void onNext(DeltaDiscoveryResponse response) {}

                @Override
                public void onError(Throwable error) {
                  ends.add(Status.fromThrowable(error).getCode());
                }

                @Override
                public void onCompleted() {}
              });
      Stream.of(requests).forEach(stream::onNext);
      boolean isRefused = !refusals.isEmpty();
      assertThat(ends).isEqualTo(isRefused ? List.of(Status.Code.RESOURCE_EXHAUSTED) : List.of());
      assertThat(server.isConnected("m")).isNotEqualTo(isRefused);
    }
    return refusals;
  }

  /** The proxies without an Envoy do not count, and a newer change makes it no younger. */
  @Test
  void anEnvoyThatNeverAcknowledgesIsSeen() throws Exception {
    server.push(Map.of(RED, with("one"), BLUE, with("one")));
    assertThat(server.unacknowledged()).isZero();
    red.subscribe(CLUSTER);
    red.subscribe(LISTENER);
    DeltaDiscoveryResponse clusters = red.next(CLUSTER);
    Duration before = server.unacknowledged();
    assertThat(before).isPositive();
    server.push(Map.of(RED, with("one"), BLUE, with("two")));
    ProxyResources more = resources(clusters("one"), listeners("one", "two"));
    server.push(Map.of(RED, more, BLUE, with("two")));
    assertThat(server.unacknowledged()).isGreaterThan(before);
    red.acknowledge(clusters);
    red.take(LISTENER);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!server.unacknowledged().isZero()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
    assertThat(server.behind()).isEqualTo(1);
  }

  /** A port scan of this machine is nobody who lacks a certificate. */
  @Test
  void withoutCertificatesNoHandshakeFails() throws Exception {
    List<String> failed = new CopyOnWriteArrayList<>();
    try (AdsServer other =
        new AdsServer(
            new AdsEvents() {
              @Override
              public void handshakeFailed() {
                failed.add("handshake");
              }
            })) {
      other.listen(AdsListening.onThisMachine(new InetSocketAddress("127.0.0.1", 0)));
      InetSocketAddress address = (InetSocketAddress) other.address();
      try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
        // It is accepted.
        assertThat(socket.getInputStream().read()).isNotNegative();
      }
    }
    assertThat(failed).isEmpty();
  }

  @Test
  void aLongReasonIsCut() throws Exception {
    server.push(Map.of(RED, with("one")));
    red.subscribe(CLUSTER);
    red.reject(red.next(CLUSTER), "w".repeat(Subscription.MOST_REASON_CHARACTERS + 1000));
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (server.rejected() == 0) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
    assertThat(server.status().get(0).envoys().get(0).rejections().get(0).reason())
        .hasSize(Subscription.MOST_REASON_CHARACTERS);
  }

  /** Else a mesh could be forgotten, as nobody is connected, while somebody connects. */
  @Test
  void whoConnectsIsSeenByWhomeverIsAskedForItsMesh() throws Exception {
    BlockingQueue<Boolean> seen = new LinkedBlockingQueue<>();
    BlockingQueue<String> away = new LinkedBlockingQueue<>();
    AtomicReference<AdsServer> self = new AtomicReference<>();
    try (AdsServer forgetful =
        new AdsServer(
            new AdsEvents() {
              @Override
              public void sentAway(String why, String address) {
                away.add(why);
              }
            },
            mesh -> {
              seen.add(self.get().isConnected(mesh));
              return false;
            })) {
      self.set(forgetful);
      forgetful.listen(AdsListening.onThisMachine(new InetSocketAddress("127.0.0.1", 0)));
      try (StreamedEnvoy envoy =
          new StreamedEnvoy(((InetSocketAddress) forgetful.address()).getPort(), RED)) {
        envoy.subscribe(CLUSTER);
        assertThat(seen.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(away.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
            .isEqualTo("Of the mesh m nothing is known here");
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!forgetful.status().isEmpty()) {
          assertThat(System.nanoTime()).isLessThan(deadline);
          Thread.onSpinWait();
        }
      }
    }
  }

  @Test
  void withoutCertificatesOnlyThisMachineCanConnect() {
    assertThatThrownBy(() -> new AdsServer(new InetSocketAddress("0.0.0.0", 0)).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can be reached by others");
  }

  private static void takeAll(StreamedEnvoy envoy) throws InterruptedException {
    envoy.subscribe(CLUSTER);
    envoy.take(CLUSTER);
    envoy.subscribe(LISTENER);
    envoy.take(LISTENER);
  }

  private static Map<String, String> versions(ProxyResources resources, ResourceType type) {
    return Snapshot.of(resources).of(type).values().stream()
        .collect(toMap(r -> r.getName(), r -> r.getVersion()));
  }

  private static String version(ProxyResources resources, ResourceType type, String name) {
    return versions(resources, type).get(name);
  }

  private static ProxyResources with(String name) {
    return resources(clusters(name), listeners(name));
  }

  private static ProxyResources resources(List<Cluster> clusters, List<Listener> listeners) {
    return new ProxyResources(clusters, List.of(), listeners, List.of());
  }

  /** A cluster with endpoints. */
  private static ProxyResources endpoints(String alternative, String address) {
    return new ProxyResources(
        List.of(
            Cluster.newBuilder()
                .setName("c")
                .setType(Cluster.DiscoveryType.EDS)
                .setAltStatName(alternative)
                .build()),
        List.of(assignment("c", address)),
        List.of(),
        List.of());
  }

  private static ClusterLoadAssignment assignment(String cluster, String address) {
    return ClusterLoadAssignment.newBuilder()
        .setClusterName(cluster)
        .addEndpoints(
            LocalityLbEndpoints.newBuilder()
                .addLbEndpoints(
                    LbEndpoint.newBuilder()
                        .setEndpoint(
                            Endpoint.newBuilder()
                                .setAddress(
                                    Address.newBuilder()
                                        .setSocketAddress(
                                            SocketAddress.newBuilder().setAddress(address))))))
        .build();
  }

  private static List<Cluster> clusters(String... names) {
    return Stream.of(names).map(name -> Cluster.newBuilder().setName(name).build()).toList();
  }

  private static List<Listener> listeners(String... names) {
    return Stream.of(names).map(name -> Listener.newBuilder().setName(name).build()).toList();
  }
}
