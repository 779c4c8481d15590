package colorteller.meshservice;

import colorteller.controlplane.CloudMapClusters;
import colorteller.controlplane.Instance;
import colorteller.controlplane.Placement;
import colorteller.controlplane.Translator;
import colorteller.controlplane.ads.AdsServer;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * Meshes and instances → what Envoys are served. A changed mesh costs the translation of those
 * proxies that depend on what has changed, a changed instance the endpoints of the nodes that it
 * belongs to.
 */
public final class ControlPlane {

  /**
   * A mesh in force.
   *
   * @param translator with the instances of when it came into force
   * @param clusters those whose endpoints may have changed since
   */
  private record InForce(Translator translator, CloudMapClusters clusters) {}

  /** So long a mesh that no document describes any more is kept for an Envoy that has gone. */
  static final Duration KEPT = Duration.ofHours(1);

  private final AdsServer ads;
  private final Function<Mesh, Placement> placements;
  // By name. Whoever only asks whether one is known does not wait while another is translated.
  private final Map<String, InForce> meshes = new ConcurrentSkipListMap<>();
  private final Map<CloudMap, List<Instance>> instances = new HashMap<>();
  private final Clock clock;
  // Those that no document describes any more, by name: when an Envoy was last connected.
  private final Map<String, Instant> former = new HashMap<>();

  /**
   * Knows of no mesh yet.
   *
   * @param ads serves the Envoys
   * @param placements where the Envoys and applications of a mesh are
   */
  public ControlPlane(AdsServer ads, Function<Mesh, Placement> placements, Clock clock) {
    this.ads = ads;
    this.clock = clock;
    this.placements = placements;
  }

  /** Puts a mesh into force, in place of the one of the same name. */
  public synchronized void accept(Mesh mesh) {
    Translator translator = new Translator(mesh, placements.apply(mesh), Map.copyOf(instances));
    InForce before = meshes.get(mesh.name());
    Set<ProxyId> all = translator.ids();
    ads.push(
        before == null ? all : translator.changed(before.translator()),
        id -> translator.proxy(id).orElseThrow(),
        all);
    meshes.put(mesh.name(), new InForce(translator, new CloudMapClusters(translator)));
    former.remove(mesh.name());
  }

  /**
   * No document describes a mesh any more. It stays as it is, its instances are still watched, as
   * long as an Envoy of it is connected, and an hour longer: Envoys connect again, and tasks of the
   * former name may be replaced one after the other.
   */
  public synchronized void retire(String mesh) {
    former.put(mesh, clock.instant());
  }

  /** Forgets those meshes of {@link #retire} whose time has passed. */
  public synchronized void forgetFormer() {
    Instant now = clock.instant();
    former.replaceAll((mesh, seen) -> ads.isConnected(mesh) ? now : seen);
    former.entrySet().removeIf(one -> isOver(one.getValue(), now) && forget(one.getKey()));
  }

  private static boolean isOver(Instant seen, Instant now) {
    return now.isAfter(seen.plus(KEPT));
  }

  /** Unless an Envoy connects meanwhile: from here on one that does is sent away. */
  private boolean forget(String mesh) {
    InForce kept = meshes.remove(mesh);
    if (ads.isConnected(mesh) && kept != null) {
      meshes.put(mesh, kept);
      return false;
    }
    ads.forget(mesh);
    return true;
  }

  /** Whether a mesh is in force. */
  public boolean knows(String mesh) {
    return meshes.containsKey(mesh);
  }

  /** Puts the instances of a service into force. */
  public synchronized void accept(CloudMap service, List<Instance> now) {
    instances.put(service, now);
    for (InForce mesh : meshes.values()) {
      ads.pushEndpoints(mesh.clusters().endpoints(service, now));
    }
  }

  /** Forgets the instances of a service that is watched no more, unless a mesh names it again. */
  public synchronized void forget(CloudMap service) {
    if (!services().contains(service)) {
      instances.remove(service);
    }
  }

  /** The Cloud Map services by which the meshes' nodes are found. */
  public synchronized Set<CloudMap> services() {
    Set<CloudMap> services = new LinkedHashSet<>();
    for (InForce inForce : meshes.values()) {
      for (VirtualNode node : inForce.translator().mesh().nodes().values()) {
        if (node.serviceDiscovery().orElse(null) instanceof CloudMap service) {
          services.add(service.service());
        }
      }
    }
    return services;
  }
}
