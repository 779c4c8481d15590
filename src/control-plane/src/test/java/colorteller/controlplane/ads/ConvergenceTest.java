package colorteller.controlplane.ads;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import colorteller.controlplane.ProxyResources;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ProxyId.Kind;
import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment.Policy;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever happens in whatever order, in the end each Envoy has exactly what the last good document
 * gives its proxy, and nothing on the way takes away what something that it has refers to.
 */
class ConvergenceTest {

  private static final int PROXIES = 2;
  private static final int ENVOYS = 3;

  /**
   * A cluster.
   *
   * @param form what else it is; {@link #BAD} is refused
   */
  record ClusterOf(int name, int form, boolean endpoints) {}

  private static final int BAD = 2;

  /** What a document says of each proxy: clusters, and for each listener the cluster behind it. */
  record Document(List<ClusterOf> clusters, Map<Integer, Integer> listeners, int listenerForm) {

    ProxyResources resources(Map<Integer, Integer> endpoints) {
      Map<Integer, ClusterOf> named = new LinkedHashMap<>();
      clusters.forEach(cluster -> named.put(cluster.name(), cluster));
      List<Listener> served = new ArrayList<>();
      List<RouteConfiguration> routes = new ArrayList<>();
      listeners.forEach(
          (listener, cluster) -> {
            served.add(listener(listener, listenerForm));
            routes.add(
                route(listener, new ArrayList<>(named.keySet()).get(cluster % named.size())));
          });
      return new ProxyResources(
          named.values().stream().map(ConvergenceTest::cluster).toList(),
          named.values().stream()
              .filter(cluster -> cluster.endpoints() && endpoints.containsKey(cluster.name()))
              .map(cluster -> assignment(cluster.name(), endpoints.get(cluster.name())))
              .toList(),
          served,
          routes);
    }

    boolean isGood() {
      return listenerForm != BAD && clusters.stream().noneMatch(cluster -> cluster.form() == BAD);
    }
  }

  /** What can happen; a number says to whom. */
  enum What {
    DOCUMENT,
    ENDPOINTS,
    CONNECT,
    DISCONNECT,
    RESPONSE,
    ANSWER,
    RESTART
  }

  record Action(What what, int number, Document document) {
    @Override
    public String toString() {
      return what + " " + number + (what == What.DOCUMENT ? " " + document : "");
    }
  }

  @Provide
  Arbitrary<List<Action>> actions() {
    // What goes to and fro happens more often than what changes it.
    Arbitrary<What> what =
        Arbitraries.frequency(
            net.jqwik.api.Tuple.of(3, What.DOCUMENT),
            net.jqwik.api.Tuple.of(2, What.ENDPOINTS),
            net.jqwik.api.Tuple.of(3, What.CONNECT),
            net.jqwik.api.Tuple.of(1, What.DISCONNECT),
            net.jqwik.api.Tuple.of(12, What.RESPONSE),
            net.jqwik.api.Tuple.of(12, What.ANSWER),
            net.jqwik.api.Tuple.of(1, What.RESTART));
    return Combinators.combine(what, Arbitraries.integers().between(0, 5), documents(10))
        .as(Action::new)
        .list()
        .ofMinSize(5)
        .ofMaxSize(80);
  }

  @Provide
  Arbitrary<Document> good() {
    return documents(0);
  }

  private static Arbitrary<Document> documents(int badInAHundred) {
    Arbitrary<Integer> forms =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(100 - badInAHundred, Arbitraries.integers().between(0, 1)),
            net.jqwik.api.Tuple.of(badInAHundred, Arbitraries.just(BAD)));
    Arbitrary<ClusterOf> cluster =
        Combinators.combine(
                Arbitraries.integers().between(0, 2), forms, Arbitraries.of(true, false))
            .as(ClusterOf::new);
    return Combinators.combine(
            cluster.list().ofMinSize(1).ofMaxSize(3),
            Arbitraries.maps(
                    Arbitraries.integers().between(0, 2), Arbitraries.integers().between(0, 3))
                .ofMaxSize(2),
            forms)
        .as(Document::new);
  }

  @Property
  void everyEnvoyHasInTheEndWhatTheLastGoodDocumentSays(
      @ForAll("actions") List<Action> actions, @ForAll("good") Document last) throws Exception {
    World world = new World();
    try {
      for (Action action : actions) {
        world.happen(action);
      }
      world.connectAll();
      world.settle();
      world.push(last);
      world.settle();
      world.hasWhatIsDesired();
      world.forgetWhatWasSent();
      world.restart();
      world.connectAll();
      world.settle();
      // What is there already is not sent again, by whichever server.
      assertThat(world.sent()).isZero();
      world.hasWhatIsDesired();
    } finally {
      world.server.close();
    }
  }

  /** Kept: sequences of this seed have failed once. */
  @Property(seed = "7435615683520446540")
  void whatHasFailedOnceIsRunEachTime(
      @ForAll("actions") List<Action> actions, @ForAll("good") Document last) throws Exception {
    everyEnvoyHasInTheEndWhatTheLastGoodDocumentSays(actions, last);
  }

  /** A server, Envoys, and the model: what the last document and the last instances are. */
  private static final class World {

    AdsServer server = new AdsServer(AdsEvents.NONE);
    final List<SimulatedEnvoy> envoys = new ArrayList<>();
    final List<Connection> connections = new ArrayList<>();
    final Map<Integer, Integer> endpoints = new HashMap<>();
    // Names of clusters that were ever bad: who has nothing is given what refers to them.
    final Set<String> suspicious = new HashSet<>();
    Optional<Document> document = Optional.empty();

    World() {
      for (int i = 0; i < ENVOYS; i++) {
        envoys.add(new SimulatedEnvoy(proxy(i).toString(), ConvergenceTest::isBad));
        connections.add(null);
      }
    }

    static ProxyId proxy(int envoy) {
      return new ProxyId("m", Kind.VIRTUAL_NODE, "n" + envoy % PROXIES);
    }

    void happen(Action action) {
      int envoy = action.number() % ENVOYS;
      switch (action.what()) {
        case DOCUMENT -> push(action.document());
        case ENDPOINTS -> {
          endpoints.merge(action.number() % 3, 1, Integer::sum);
          int cluster = action.number() % 3;
          server.pushEndpoints(List.of(assignment(cluster, endpoints.get(cluster))));
        }
        case CONNECT -> connect(envoy);
        case DISCONNECT -> disconnect(envoy);
        case RESPONSE -> response(envoy);
        case ANSWER -> answer(envoy);
        case RESTART -> restart();
      }
    }

    void push(Document next) {
      document = Optional.of(next);
      next.clusters().stream()
          .filter(cluster -> cluster.form() == BAD)
          .forEach(cluster -> suspicious.add("c" + cluster.name()));
      Map<ProxyId, ProxyResources> all = new HashMap<>();
      for (int i = 0; i < PROXIES; i++) {
        all.put(proxy(i), next.resources(endpoints));
      }
      server.push(all);
    }

    void connect(int envoy) {
      if (connections.get(envoy) == null) {
        Connection connection = new Connection();
        connections.set(envoy, connection);
        connection.stream = server.open(new Caller("envoy " + envoy, Optional.empty()), connection);
        envoys.get(envoy).connect(connection.stream);
      }
    }

    void disconnect(int envoy) {
      Connection connection = connections.get(envoy);
      if (connection != null) {
        connection.stream.end();
        envoys.get(envoy).disconnected();
        connections.set(envoy, null);
      }
    }

    /** Lets the oldest response reach an Envoy. */
    boolean response(int envoy) {
      Connection connection = connections.get(envoy);
      if (connection == null || connection.responses.isEmpty()) {
        return false;
      }
      envoys.get(envoy).take(connection.responses.poll());
      everythingThatIsReferredToIsThere(envoys.get(envoy));
      return true;
    }

    boolean answer(int envoy) {
      return connections.get(envoy) != null && envoys.get(envoy).answer();
    }

    void restart() {
      for (int i = 0; i < ENVOYS; i++) {
        disconnect(i);
      }
      server.close();
      server = new AdsServer(AdsEvents.NONE);
      document.ifPresent(this::push);
    }

    void connectAll() {
      for (int i = 0; i < ENVOYS; i++) {
        connect(i);
      }
    }

    /** Until nothing goes to and fro any more; which has to come to an end. */
    void settle() {
      int steps = 0;
      boolean more = true;
      while (more) {
        more = false;
        for (int i = 0; i < ENVOYS; i++) {
          more |= response(i) | answer(i);
        }
        assertThat(++steps).as("rounds of messages").isLessThan(1000);
      }
    }

    void forgetWhatWasSent() {
      envoys.forEach(SimulatedEnvoy::sent);
    }

    int sent() {
      return envoys.stream().mapToInt(SimulatedEnvoy::sent).sum();
    }

    private void everythingThatIsReferredToIsThere(SimulatedEnvoy envoy) {
      Set<String> missing = new TreeSet<>();
      for (Resource route : envoy.has(ResourceType.ROUTE).values()) {
        String cluster = clusterOf(route);
        if (!envoy.has(ResourceType.CLUSTER).containsKey(cluster)
            && !suspicious.contains(cluster)) {
          missing.add(cluster);
        }
      }
      assertThat(missing).as("clusters that routes refer to, and that are not there").isEmpty();
    }

    void hasWhatIsDesired() throws Exception {
      Snapshot desired = Snapshot.of(document.orElseThrow().resources(endpoints));
      for (SimulatedEnvoy envoy : envoys) {
        for (ResourceType type : ResourceType.values()) {
          Map<String, String> versions = versions(envoy.has(type));
          if (type == ResourceType.ENDPOINT) {
            // What nobody knows of stays as it is.
            versions.keySet().removeIf(name -> desired.isUnknown(type, name));
          }
          assertThat(versions).as("%s", type).isEqualTo(versions(desired.of(type)));
        }
        envoy.warming().removeIf(name -> desired.isUnknown(ResourceType.ENDPOINT, name));
        assertThat(envoy.warming()).isEmpty();
      }
      assertThat(server.awaitAcknowledged(Duration.ZERO)).isEmpty();
      assertThat(server.rejected()).isZero();
    }

    private static Map<String, String> versions(Map<String, Resource> resources) {
      return resources.values().stream().collect(toMap(r -> r.getName(), r -> r.getVersion()));
    }
  }

  private static final class Connection implements StreamObserver<DeltaDiscoveryResponse> {

    final Deque<DeltaDiscoveryResponse> responses = new ArrayDeque<>();
    AdsStream stream;

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
      responses.add(response);
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }

  private static Cluster cluster(ClusterOf of) {
    return Cluster.newBuilder()
        .setName("c" + of.name())
        .setAltStatName("form " + of.form())
        .setType(of.endpoints() ? DiscoveryType.EDS : DiscoveryType.STATIC)
        .build();
  }

  private static ClusterLoadAssignment assignment(int cluster, int generation) {
    return ClusterLoadAssignment.newBuilder()
        .setClusterName("c" + cluster)
        .setPolicy(
            Policy.newBuilder()
                .setOverprovisioningFactor(com.google.protobuf.UInt32Value.of(100 + generation)))
        .build();
  }

  private static Listener listener(int name, int form) {
    return Listener.newBuilder()
        .setName("l" + name)
        .setStatPrefix("form " + form)
        .addFilterChains(
            FilterChain.newBuilder()
                .addFilters(
                    Filter.newBuilder()
                        .setTypedConfig(
                            Any.pack(
                                HttpConnectionManager.newBuilder()
                                    .setRds(Rds.newBuilder().setRouteConfigName("r" + name))
                                    .build()))))
        .build();
  }

  private static RouteConfiguration route(int name, int cluster) {
    return RouteConfiguration.newBuilder()
        .setName("r" + name)
        .addVirtualHosts(VirtualHost.newBuilder().setName("c" + cluster))
        .build();
  }

  private static String clusterOf(Resource route) {
    try {
      return route.getResource().unpack(RouteConfiguration.class).getVirtualHosts(0).getName();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** Refused, as an Envoy refuses what it cannot use. */
  private static boolean isBad(Resource resource) {
    return resource.getResource().getValue().toStringUtf8().contains("form " + BAD);
  }
}
