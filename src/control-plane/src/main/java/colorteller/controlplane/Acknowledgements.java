package colorteller.controlplane;

import io.envoyproxy.controlplane.server.DiscoveryServerCallbacks;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What each Envoy has said of the resources that it was sent. */
final class Acknowledgements implements DiscoveryServerCallbacks {

  /**
   * What an Envoy is to acknowledge.
   *
   * @param version of its resources
   * @param types the type URLs to which it subscribes
   */
  record Expected(String version, Set<String> types) {}

  private record Rejection(String version, String why) {}

  /** One stream of an Envoy; its maps are by type URL. */
  private record Connection(
      String node,
      Map<String, String> sent,
      Map<String, String> acknowledged,
      Map<String, Rejection> rejected) {

    Connection(String node) {
      this(node, new HashMap<>(), new HashMap<>(), new HashMap<>());
    }

    boolean hasAcknowledged(Expected expected) {
      return expected.types().stream()
          .allMatch(type -> expected.version().equals(acknowledged.get(type)));
    }
  }

  private final Map<Long, Connection> connections = new HashMap<>();
  private Map<String, Expected> expected = Map.of();

  /** From now on these are waited for, by node id. */
  synchronized void expect(Map<String, Expected> proxies) {
    expected = Map.copyOf(proxies);
    // What was acknowledged before counts only for who is to keep it.
    for (Connection connection : connections.values()) {
      Expected own = expected.get(connection.node());
      connection
          .acknowledged()
          .values()
          .removeIf(version -> own == null || !own.version().equals(version));
    }
  }

  @Override
  public synchronized void onV3StreamRequest(long stream, DiscoveryRequest request) {
    String type = request.getTypeUrl();
    String version = request.getVersionInfo();
    Connection connection =
        connections.computeIfAbsent(stream, s -> new Connection(request.getNode().getId()));
    if (request.hasErrorDetail()) {
      String sent = connection.sent().getOrDefault(type, "");
      connection.rejected().put(type, new Rejection(sent, request.getErrorDetail().getMessage()));
    } else if (!version.isEmpty()) {
      // Without a nonce, an Envoy that connects again says what it has.
      connection.rejected().remove(type);
      connection.acknowledged().put(type, version);
    }
    notifyAll();
  }

  @Override
  public synchronized void onV3StreamResponse(
      long stream, DiscoveryRequest request, DiscoveryResponse response) {
    Connection connection = connections.get(stream);
    if (connection != null) {
      connection.sent().put(response.getTypeUrl(), response.getVersionInfo());
      connection.acknowledged().remove(response.getTypeUrl());
    }
  }

  @Override
  public void onV3StreamDeltaRequest(long stream, DeltaDiscoveryRequest request) {
    throw new UnsupportedOperationException("Envoys are configured for state of the world");
  }

  @Override
  public synchronized void onStreamClose(long stream, String typeUrl) {
    connections.remove(stream);
  }

  @Override
  public synchronized void onStreamCloseWithError(long stream, String typeUrl, Throwable error) {
    connections.remove(stream);
  }

  /** The version of a type that an Envoy has refused last, if it has taken none since. */
  synchronized Optional<String> rejectedVersion(String node, String type) {
    return of(node)
        .flatMap(connection -> Optional.ofNullable(connection.rejected().get(type)).stream())
        .map(Rejection::version)
        .findFirst();
  }

  private Stream<Connection> of(String node) {
    return connections.values().stream().filter(connection -> connection.node().equals(node));
  }

  /**
   * Waits until every proxy has a stream open, or the limit passes.
   *
   * @return the proxies that have none
   */
  synchronized Set<String> awaitConnected(Set<String> nodes, Duration limit)
      throws InterruptedException {
    return await(
        limit,
        () -> {
          Set<String> missing = new TreeSet<>(nodes);
          connections.values().forEach(connection -> missing.remove(connection.node()));
          return missing;
        });
  }

  /**
   * Waits until every proxy has acknowledged what it is to, or the limit passes.
   *
   * @return the proxies that have not
   * @throws AdsException when one rejects a resource
   */
  synchronized Set<String> await(Duration limit) throws InterruptedException {
    return await(
        limit,
        () -> {
          Set<String> missing = new TreeSet<>();
          expected.forEach(
              (node, own) -> {
                of(node).forEach(connection -> refuse(connection, own));
                if (of(node).noneMatch(connection -> connection.hasAcknowledged(own))) {
                  missing.add(node);
                }
              });
          return missing;
        });
  }

  private static void refuse(Connection connection, Expected own) {
    connection
        .rejected()
        .forEach(
            (type, rejection) -> {
              if (rejection.version().equals(own.version())) {
                throw new AdsException(
                    "%s rejects its %s: %s".formatted(connection.node(), type, rejection.why()));
              }
            });
  }

  private Set<String> await(Duration limit, Supplier<Set<String>> missing)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Set<String> still = missing.get();
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (still.isEmpty() || left <= 0) {
        return still;
      }
      wait(left);
    }
  }
}
