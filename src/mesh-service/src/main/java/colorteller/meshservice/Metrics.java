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
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted, for Prometheus. */
final class Metrics implements AdsEvents {

  /** From a millisecond to the ten seconds after which something is wrong. */
  private static final double[] SECONDS = {
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10
  };

  // Whoever is refused, or refuses, tries again and again. A log for each kind: strangers do not
  // keep anything else from being said.
  private final SparseLog refusals;
  private final SparseLog faults;
  private final SparseLog rejects;
  private final SparseLog away;
  // Connections whose certificate was refused, and which have not ended yet.
  private final AtomicInteger refusedCertificates = new AtomicInteger();

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
          .help(
              "Connections and streams refused: without a certificate that counts, or as it or the node id names no proxy; and streams that a fault has ended.")
          .register(registry);
  final Counter sentAway =
      Counter.builder()
          .name("control_plane_sent_away_total")
          .help("Streams of Envoys whose mesh is not known here (yet); they try again.")
          .register(registry);
  final Gauge unacknowledged =
      gauge(
          "control_plane_unacknowledged_seconds",
          "For how long a connected Envoy has not acknowledged all that it is to have; the longest.");
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
  final Gauge outdated =
      gauge(
          "control_plane_outdated_documents",
          "Documents that cannot be used now, of which an earlier one is in force.");
  final Gauge faulty = gauge("control_plane_faulty_sources", "Sources that cannot be used now.");
  final Gauge certificate =
      gauge("control_plane_certificate_seconds", "Until the service's certificate expires.");

  private Gauge gauge(String name, String help) {
    return Gauge.builder().name(name).help(help).register(registry);
  }

  Metrics(Clock clock) {
    this(System.getLogger(Metrics.class.getName()), clock);
  }

  Metrics(System.Logger log, Clock clock) {
    refusals = new SparseLog(log, clock);
    faults = new SparseLog(log, clock);
    rejects = new SparseLog(log, clock);
    away = new SparseLog(log, clock);
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
  public void refused(String why, String address) {
    refused.inc();
    refusals.say(Level.WARNING, "refused: " + why, ", from " + address);
  }

  @Override
  public void sentAway(String why, String address) {
    sentAway.inc();
    away.say(Level.INFO, "sent away: " + why, ", from " + address);
  }

  /** A client's certificate does not count. Its connection ends by that. */
  void refusedCertificate(String why) {
    refusedCertificates.incrementAndGet();
    refused.inc();
    refusals.say(Level.WARNING, "refused: " + why, "");
  }

  @Override
  public void handshakeFailed() {
    // One that has been counted, or one of which nobody else has heard.
    if (refusedCertificates.getAndUpdate(count -> Math.max(0, count - 1)) == 0) {
      refused.inc();
      refusals.say(
          Level.WARNING,
          "refused: a connection that shows no certificate, or has ended before it could",
          "");
    }
  }

  @Override
  public void failed(RuntimeException fault, String address) {
    refused.inc();
    faults.say(Level.ERROR, "a stream is ended by a fault: " + fault, ", from " + address, fault);
  }

  @Override
  public void sent(ProxyId proxy, ResourceType type, int given, int removed) {
    responses.labelValues(label(type)).inc();
    resources.labelValues(label(type)).inc((long) given + removed);
  }

  @Override
  public void rejected(Rejection rejection) {
    rejections.labelValues(label(rejection.type())).inc();
    rejects.say(Level.ERROR, rejection.toString(), "; the Envoy keeps what it had");
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
