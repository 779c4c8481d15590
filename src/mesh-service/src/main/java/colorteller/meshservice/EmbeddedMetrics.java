package colorteller.meshservice;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.io.PrintStream;
import java.time.Instant;

/**
 * The metrics that alarms need, as lines of CloudWatch's embedded metric format. Each is paid for
 * by the month, so these are few; Prometheus gets all.
 */
final class EmbeddedMetrics {

  /** The metrics, with their units. */
  // spotless:off
  enum Metric {
    ConnectedEnvoys   ("Count"),
    RejectedResources ("Count"),
    Refused           ("Count"),
    DocumentAge       ("Seconds"),
    FaultySources     ("Count"),
    AcknowledgedIn    ("Seconds"),
    CertificateLeft   ("Seconds");
    // spotless:on

    private final String unit;

    Metric(String unit) {
      this.unit = unit;
    }
  }

  static final String NAMESPACE = "AppMeshControlPlane";
  private static final String DIMENSION = "ControlPlane";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Metrics metrics;
  private final PrintStream out;
  private double refused;
  private double acknowledgements;
  private double acknowledgedSeconds;

  /**
   * Writes nothing yet.
   *
   * @param name the dimension's value
   */
  EmbeddedMetrics(String name, Metrics metrics, PrintStream out) {
    this.name = name;
    this.metrics = metrics;
    this.out = out;
  }

  /** Writes what is, and what has happened since the last time, as one line. */
  synchronized void write(Instant now) {
    ObjectNode line = JSON.createObjectNode();
    ObjectNode aws = line.putObject("_aws").put("Timestamp", now.toEpochMilli());
    ObjectNode directive = aws.putArray("CloudWatchMetrics").addObject();
    directive.put("Namespace", NAMESPACE).putArray("Dimensions").addArray().add(DIMENSION);
    ArrayNode declared = directive.putArray("Metrics");
    line.put(DIMENSION, name);
    for (Metric metric : Metric.values()) {
      double value = value(metric);
      if (!Double.isNaN(value)) {
        declared.addObject().put("Name", metric.name()).put("Unit", metric.unit);
        line.put(metric.name(), value);
      }
    }
    out.println(line);
  }

  private double value(Metric metric) {
    return switch (metric) {
      case ConnectedEnvoys -> metrics.connected.get();
      case RejectedResources -> metrics.rejecting.get();
      case Refused -> {
        double since = metrics.refused.get() - refused;
        refused += since;
        yield since;
      }
      case DocumentAge ->
          metrics.documentAge.collect().getDataPoints().stream()
              .mapToDouble(p -> p.getValue())
              .max()
              .orElse(Double.NaN);
      case FaultySources -> metrics.faulty.get();
      case AcknowledgedIn -> {
        HistogramSnapshot.HistogramDataPointSnapshot all =
            metrics.acknowledged.collect().getDataPoints().get(0);
        double mean = (all.getSum() - acknowledgedSeconds) / (all.getCount() - acknowledgements);
        acknowledgements = all.getCount();
        acknowledgedSeconds = all.getSum();
        yield mean;
      }
      case CertificateLeft ->
          metrics.certificate.get() == 0 ? Double.NaN : metrics.certificate.get();
    };
  }
}
