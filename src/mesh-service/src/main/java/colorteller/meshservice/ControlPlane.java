package colorteller.meshservice;

import static java.util.stream.Collectors.toMap;

import colorteller.controlplane.Instance;
import colorteller.controlplane.Placement;
import colorteller.controlplane.Translator;
import colorteller.controlplane.ads.AdsServer;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.VirtualNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Meshes and instances → what Envoys are served. A changed mesh costs the translation of that mesh,
 * a changed instance the endpoints of the nodes that it belongs to.
 */
public final class ControlPlane {

  private final AdsServer ads;
  private final Placement placement;
  private final Map<String, Mesh> meshes = new LinkedHashMap<>();
  private final Map<CloudMap, List<Instance>> instances = new HashMap<>();

  /**
   * Knows of no mesh yet.
   *
   * @param ads serves the Envoys
   * @param placement where Envoys and applications are
   */
  public ControlPlane(AdsServer ads, Placement placement) {
    this.ads = ads;
    this.placement = placement;
  }

  /** Puts a mesh into force, in place of the one of the same name. */
  public synchronized void accept(Mesh mesh) {
    // All of it is translated before anything is served: what cannot be translated changes nothing.
    Translator translator = translator(mesh);
    ads.push(
        Stream.concat(
                mesh.gateways().values().stream().map(gateway -> ProxyId.of(mesh, gateway)),
                mesh.nodes().values().stream().map(node -> ProxyId.of(mesh, node)))
            .parallel()
            .collect(toMap(id -> id, id -> translator.proxy(id).orElseThrow())));
    meshes.put(mesh.name(), mesh);
    instances.keySet().retainAll(services());
  }

  /** Puts the instances of a service into force. */
  public synchronized void accept(CloudMap service, List<Instance> now) {
    instances.put(service, now);
    for (Mesh mesh : meshes.values()) {
      List<VirtualNode> concerned =
          mesh.nodes().values().stream()
              .filter(
                  node ->
                      node.serviceDiscovery()
                          .filter(CloudMap.class::isInstance)
                          .filter(found -> found.service().equals(service))
                          .isPresent())
              .toList();
      if (!concerned.isEmpty()) {
        ads.pushEndpoints(translator(mesh).endpoints(concerned));
      }
    }
  }

  /** The Cloud Map services by which the meshes' nodes are found. */
  public synchronized Set<CloudMap> services() {
    Set<CloudMap> services = new LinkedHashSet<>();
    for (Mesh mesh : meshes.values()) {
      for (VirtualNode node : mesh.nodes().values()) {
        if (node.serviceDiscovery().orElse(null) instanceof CloudMap service) {
          services.add(service.service());
        }
      }
    }
    return services;
  }

  private Translator translator(Mesh mesh) {
    return new Translator(mesh, placement, instances);
  }
}
