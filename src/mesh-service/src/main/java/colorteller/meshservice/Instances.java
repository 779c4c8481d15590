package colorteller.meshservice;

import colorteller.aws.AwsErrors;
import colorteller.controlplane.Instance;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

/**
 * Watches the instances of the Cloud Map services that the meshes name. One call for each service
 * and round: {@code DiscoverInstancesRevision} costs as much as {@code DiscoverInstances}, and does
 * not tell of health.
 */
final class Instances {

  /**
   * So many services are asked at the same time, so that one that does not answer holds up no
   * other, and yet a round is no burst of calls.
   */
  static final int AT_ONCE = 4;

  /**
   * A service that is watched.
   *
   * @param asked whether an answer is awaited: until then, it is not asked again
   */
  private record Watched(ServiceInstances instances, Source source, AtomicBoolean asked) {}

  private final Supplier<Set<CloudMap>> services;
  private final ServiceDiscoveryClient cloudMap;
  private final BiConsumer<CloudMap, List<Instance>> inForce;
  private final Consumer<CloudMap> gone;
  private final Executor threads;
  private final Clock clock;
  private volatile Map<CloudMap, Watched> watched = Map.of();

  /**
   * Nothing is read yet.
   *
   * @param services those that the meshes name now
   * @param inForce takes what is new of a service
   * @param gone hears of a service that is watched no more
   * @param threads ask, {@link #AT_ONCE} of them
   */
  Instances(
      Supplier<Set<CloudMap>> services,
      ServiceDiscoveryClient cloudMap,
      BiConsumer<CloudMap, List<Instance>> inForce,
      Consumer<CloudMap> gone,
      Executor threads,
      Clock clock) {
    this.services = services;
    this.cloudMap = cloudMap;
    this.inForce = inForce;
    this.gone = gone;
    this.threads = threads;
    this.clock = clock;
  }

  /** How asking for each service goes. */
  List<Source> sources() {
    return watched.values().stream().map(Watched::source).toList();
  }

  /** Asks for every service once, but for those that have not answered yet. */
  void read() {
    Map<CloudMap, Watched> now = new LinkedHashMap<>();
    for (CloudMap service : services.get()) {
      Watched known = watched.get(service);
      now.put(
          service,
          known != null
              ? known
              : new Watched(
                  new ServiceInstances(service, cloudMap),
                  new Source("cloud-map " + service.host(), clock),
                  new AtomicBoolean()));
    }
    Set<CloudMap> former = watched.keySet();
    watched = now;
    // Whoever is named again before this round has noticed keeps the instances that are known: they
    // are told only when they change.
    former.stream().filter(service -> !now.containsKey(service)).forEach(gone);
    now.forEach(
        (service, watching) -> {
          if (watching.asked().compareAndSet(false, true)) {
            threads.execute(() -> read(service, watching));
          }
        });
  }

  // An answer to whoever was forgotten meanwhile, and is watched anew, is not the new one's.
  @SuppressWarnings("ReferenceEquality")
  private void read(CloudMap service, Watched watching) {
    try {
      watching
          .instances()
          .read()
          .filter(instances -> watched.get(service) == watching)
          .ifPresent(instances -> inForce.accept(service, instances));
      watching.source().succeeded();
    } catch (SdkException e) {
      watching.source().failed(AwsErrors.line(e));
    } catch (UnbelievableAnswer e) {
      watching.source().failed(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      watching.source().failed(e);
    } finally {
      watching.asked().set(false);
    }
  }
}
