/**
 * Envoy's aggregated discovery service (ADS), incremental: the control plane's side of the streams.
 *
 * <p>{@link colorteller.controlplane.ads.AdsServer} holds a {@code Proxy} for each Envoy's
 * identity. A proxy has a {@code Snapshot}, what it is to hold, and any number of {@code
 * AdsStream}s, each with a {@code Subscription} for each {@code ResourceType}.
 */
@NullMarked
package colorteller.controlplane.ads;

import org.jspecify.annotations.NullMarked;
