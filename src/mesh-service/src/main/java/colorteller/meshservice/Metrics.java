package colorteller.meshservice;

import colorteller.controlplane.ads.AdsEvents;
import colorteller.controlplane.ads.Rejection;
import colorteller.controlplane.ads.ResourceType;
import colorteller.mesh.ProxyId;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is counted, for Prometheus. */
final class Metrics implements AdsEvents {

  private static final Logger LOG = System.getLogger(Metrics.class.getName());

  /** From a millisecond to the ten seconds after which something is wrong. */
  private static final double[] SECONDS = {
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10
  };

  private volatile @Nullable String saidOfRefused;

  private final PrometheusRegistry registry = new PrometheusRegistry();

  final Gauge connected = gauge("control_plane_connected_envoys", "Envoys with an open stream.");
  final Counter responses =
      Counter.builder()
          .name("control_plane_responses_total")
          .help("Responses sent, by type of resource.")
          .labelNames("type")
          .register(registry);
  final Counter resources =
      Counter.builder()
          .name("control_plane_resources_total")
          .help("Resources sent, by type.")
          .labelNames("type")
          .register(registry);
  final Counter rejections =
      Counter.builder()
          .name("control_plane_rejections_total")
          .help("Resources that Envoys have rejected, by type.")
          .labelNames("type")
          .register(registry);
  final Counter refused =
      Counter.builder()
          .name("control_plane_refused_total")
          .help("Connections and streams refused, as no certificate or node id names their proxy.")
          .register(registry);
  final Histogram acknowledged =
      Histogram.builder()
          .name("control_plane_acknowledged_seconds")
          .help(
              "From a change, or from connecting if that was later, until an Envoy has all of it.")
          .classicOnly()
          .classicUpperBounds(SECONDS)
          .register(registry);
  final Gauge behind =
      gauge("control_plane_behind_proxies", "Proxies that have not acknowledged what is in force.");
  final Gauge rejecting =
      gauge("control_plane_rejected_resources", "Resources in force that an Envoy rejects.");
  final Gauge documentAge =
      Gauge.builder()
          .name("control_plane_document_age_seconds")
          .help("Since a mesh's document was last read, found good and in force.")
          .labelNames("document")
          .register(registry);
  final Gauge sourceAge =
      Gauge.builder()
          .name("control_plane_source_age_seconds")
          .help("Since a source was last read with success.")
          .labelNames("source")
          .register(registry);
  final Gauge faulty = gauge("control_plane_faulty_sources", "Sources that cannot be used now.");
  final Gauge certificate =
      gauge("control_plane_certificate_seconds", "Until the service's certificate expires.");

  private Gauge gauge(String name, String help) {
    return Gauge.builder().name(name).help(help).register(registry);
  }

  Metrics() {
    for (ResourceType type : ResourceType.values()) {
      responses.initLabelValues(label(type));
      resources.initLabelValues(label(type));
      rejections.initLabelValues(label(type));
    }
  }

  private static String label(ResourceType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void connected(ProxyId proxy) {
    connected.inc();
  }

  @Override
  public void disconnected(ProxyId proxy) {
    connected.dec();
  }

  @Override
  public void refused(String why) {
    refused.inc();
    // Whoever is refused tries again and again.
    if (!why.equals(saidOfRefused)) {
      LOG.log(Level.WARNING, "refused: {0}", why);
      saidOfRefused = why;
    }
  }

  @Override
  public void sent(ProxyId proxy, ResourceType type, int given, int removed) {
    responses.labelValues(label(type)).inc();
    resources.labelValues(label(type)).inc((long) given + removed);
  }

  @Override
  public void rejected(Rejection rejection) {
    rejections.labelValues(label(rejection.type())).inc();
    LOG.log(Level.ERROR, "{0}; the Envoy keeps what it had", rejection);
  }

  @Override
  public void acknowledged(ProxyId proxy, Duration after) {
    acknowledged.observe(after.toNanos() / 1e9);
  }

  /** Writes them in Prometheus's text format. */
  void write(OutputStream out) throws IOException {
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
  }
}
