package colorteller.meshservice;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import java.io.PrintStream;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The metrics that alarms need, as lines of CloudWatch's embedded metric format. Each is paid for
 * by the month, so these are few. A line has others as well, for queries and filters of the log,
 * which cost nothing.
 */
final class EmbeddedMetrics {

  /** What a line has; those with a unit are metrics of CloudWatch. */
  // spotless:off
  enum Metric {
    ConnectedEnvoys   ("Count"),
    RejectedResources ("Count"),
    Refused           ("Count"),
    DocumentAge       ("Seconds"),
    FaultySources     ("Count"),
    AcknowledgedIn    ("Seconds"),
    CertificateLeft   ("Seconds"),
    Pushes            (null),
    Rejections        (null),
    Behind            (null),
    UnacknowledgedFor (null),
    SentAway          (null),
    OutdatedDocuments (null),
    SourceAge         (null);
    // spotless:on

    private final @Nullable String unit;

    Metric(@Nullable String unit) {
      this.unit = unit;
    }
  }

  static final String NAMESPACE = "AppMeshControlPlane";
  private static final String DIMENSION = "ControlPlane";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final Metrics metrics;
  private final PrintStream out;
  // Of those that are counted, what had been counted the last time.
  private final Map<Metric, Double> counted = new EnumMap<>(Metric.class);
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
        if (metric.unit != null) {
          declared.addObject().put("Name", metric.name()).put("Unit", metric.unit);
        }
        line.put(metric.name(), value);
      }
    }
    ObjectNode sources = line.putObject("Sources");
    metrics
        .sourceAge
        .collect()
        .getDataPoints()
        .forEach(source -> sources.put(source.getLabels().get("source"), source.getValue()));
    out.println(line);
  }

  private double value(Metric metric) {
    return switch (metric) {
      case ConnectedEnvoys -> metrics.connected.get();
      case RejectedResources -> metrics.rejecting.get();
      case Refused -> since(metric, metrics.refused);
      case DocumentAge -> greatest(metrics.documentAge);
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
      case Pushes -> since(metric, metrics.responses);
      case Rejections -> since(metric, metrics.rejections);
      case Behind -> metrics.behind.get();
      case UnacknowledgedFor -> metrics.unacknowledged.get();
      case SentAway -> since(metric, metrics.sentAway);
      case OutdatedDocuments -> metrics.outdated.get();
      case SourceAge -> greatest(metrics.sourceAge);
    };
  }

  private double since(Metric metric, Counter counter) {
    double all = counter.collect().getDataPoints().stream().mapToDouble(p -> p.getValue()).sum();
    Double before = counted.put(metric, all);
    return before == null ? all : all - before;
  }

  private static double greatest(Gauge gauge) {
    return gauge.collect().getDataPoints().stream()
        .mapToDouble(p -> p.getValue())
        .max()
        .orElse(Double.NaN);
  }
}
