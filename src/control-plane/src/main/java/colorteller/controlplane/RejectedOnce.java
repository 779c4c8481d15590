package colorteller.controlplane;

import io.envoyproxy.controlplane.cache.ConfigWatcher;
import io.envoyproxy.controlplane.cache.DeltaResponse;
import io.envoyproxy.controlplane.cache.DeltaWatch;
import io.envoyproxy.controlplane.cache.DeltaXdsRequest;
import io.envoyproxy.controlplane.cache.Response;
import io.envoyproxy.controlplane.cache.Watch;
import io.envoyproxy.controlplane.cache.XdsRequest;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Sends an Envoy what it has rejected only once: the cache compares with the version that the Envoy
 * kept, finds that it lacks something, and would send the same again for ever.
 */
record RejectedOnce(ConfigWatcher cache, Acknowledgements acknowledgements)
    implements ConfigWatcher {

  @Override
  public Watch createWatch(
      boolean ads,
      XdsRequest request,
      Set<String> known,
      Consumer<Response> consumer,
      boolean hasClusterChanged,
      boolean allowDefaultEmptyEdsUpdate) {
    if (!request.hasErrorDetail()) {
      return cache.createWatch(
          ads, request, known, consumer, hasClusterChanged, allowDefaultEmptyEdsUpdate);
    }
    String rejected =
        acknowledgements
            .rejectedVersion(request.v3Request().getNode().getId(), request.getTypeUrl())
            .orElse(request.getVersionInfo());
    return cache.createWatch(
        ads,
        XdsRequest.create(request.v3Request().toBuilder().setVersionInfo(rejected).build()),
        Set.copyOf(request.getResourceNamesList()),
        consumer,
        false,
        allowDefaultEmptyEdsUpdate);
  }

  @Override
  public DeltaWatch createDeltaWatch(
      DeltaXdsRequest request,
      String requesterVersion,
      Map<String, String> resourceVersions,
      Set<String> pendingResources,
      boolean isWildcard,
      Consumer<DeltaResponse> consumer,
      boolean hasClusterChanged) {
    throw new UnsupportedOperationException("Envoys are configured for state of the world");
  }
}
