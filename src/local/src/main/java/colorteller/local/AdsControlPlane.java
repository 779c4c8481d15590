package colorteller.local;

import static java.util.stream.Collectors.toMap;

import colorteller.controlplane.ProxyResources;
import colorteller.controlplane.Translator;
import colorteller.controlplane.ads.AdsException;
import colorteller.controlplane.ads.AdsServer;
import colorteller.controlplane.ads.ProxyStatus;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The control plane in this process. */
final class AdsControlPlane implements ControlPlane {

  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  private final Network network;
  private @Nullable AdsServer server;

  AdsControlPlane(Network network) {
    this.network = network;
  }

  @Override
  public void start(Mesh mesh) throws IOException {
    AdsServer ads = new AdsServer(network.adsAddress());
    server = ads;
    network.start(ads.address());
    ads.rehearse(translate(mesh));
    Set<ProxyId> proxies = network.envoys().proxies();
    network
        .envoys()
        .await(
            "connect to the control plane",
            START_LIMIT,
            limit -> ads.awaitConnected(proxies, limit));
    ads.push(proxies.stream().collect(toMap(id -> id, id -> ProxyResources.NONE)));
    network.envoys().await("acknowledge their resources", START_LIMIT, this::missing);
    network.awaitRunning();
  }

  @Override
  public Map<ProxyId, ProxyResources> give(Mesh stage) {
    Map<ProxyId, ProxyResources> resources = translate(stage);
    ads().push(resources);
    return resources;
  }

  private Map<ProxyId, ProxyResources> translate(Mesh stage) {
    return new Translator(stage, network.placement(), network.instances(stage)).proxies();
  }

  @Override
  public Set<ProxyId> missing(Duration limit) throws InterruptedException {
    try {
      return ads().awaitAcknowledged(limit);
    } catch (AdsException e) {
      throw new MeshFailure(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public String proxies() {
    return ProxyStatus.json(ads().status(), Instant.now());
  }

  private AdsServer ads() {
    return Objects.requireNonNull(server, "not started");
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
