package colorteller.controlplane;

import io.envoyproxy.controlplane.server.DiscoveryServerCallbacks;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** What each Envoy has said of the resources that it was sent, by node id and type URL. */
final class Acknowledgements implements DiscoveryServerCallbacks {

  private record Key(String proxy, String typeUrl) {}

  private final Map<Key, String> acknowledged = new HashMap<>();
  private final Map<Key, String> rejected = new HashMap<>();
  private final Map<Long, String> proxies = new HashMap<>();

  @Override
  public synchronized void onV3StreamRequest(long stream, DiscoveryRequest request) {
    proxies.put(stream, request.getNode().getId());
    Key key = new Key(request.getNode().getId(), request.getTypeUrl());
    if (request.hasErrorDetail()) {
      rejected.put(key, request.getErrorDetail().getMessage());
    } else if (!request.getResponseNonce().isEmpty()) {
      rejected.remove(key);
      acknowledged.put(key, request.getVersionInfo());
    }
    notifyAll();
  }

  @Override
  public void onV3StreamDeltaRequest(long stream, DeltaDiscoveryRequest request) {
    throw new UnsupportedOperationException("Envoys are configured for state of the world");
  }

  @Override
  public synchronized void onStreamClose(long stream, String typeUrl) {
    forget(stream);
  }

  @Override
  public synchronized void onStreamCloseWithError(long stream, String typeUrl, Throwable error) {
    forget(stream);
  }

  private void forget(long stream) {
    String proxy = proxies.remove(stream);
    acknowledged.keySet().removeIf(key -> key.proxy().equals(proxy));
  }

  /**
   * Waits until every proxy has a stream open, or the limit passes.
   *
   * @return the proxies that have none
   */
  synchronized Set<String> awaitConnected(Set<String> ids, Duration limit)
      throws InterruptedException {
    return await(
        limit,
        () -> {
          Set<String> missing = new TreeSet<>(ids);
          missing.removeAll(proxies.values());
          return missing;
        });
  }

  /**
   * Waits until every proxy has acknowledged a version of each of its types, or the limit passes.
   *
   * @param types the type URLs that each proxy has to acknowledge
   * @return the proxies that have not
   * @throws AdsException when one rejects a resource
   */
  synchronized Set<String> await(String version, Map<String, Set<String>> types, Duration limit)
      throws InterruptedException {
    return await(
        limit,
        () -> {
          rejected.forEach(
              (key, why) -> {
                throw new AdsException(
                    "%s rejects its %s: %s".formatted(key.proxy(), key.typeUrl(), why));
              });
          Set<String> missing = new TreeSet<>();
          types.forEach(
              (proxy, urls) -> {
                if (urls.stream()
                    .anyMatch(url -> !version.equals(acknowledged.get(new Key(proxy, url))))) {
                  missing.add(proxy);
                }
              });
          return missing;
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
