package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.controlplane.ads.ResourceType;
import colorteller.cost.TemplateBill;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ProxyId.Kind;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What CloudWatch is told. */
class EmbeddedMetricsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ProxyId RED = new ProxyId("m", Kind.VIRTUAL_NODE, "red");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final TestClock clock = new TestClock();
  private final Metrics metrics = new Metrics(clock);
  private final EmbeddedMetrics embedded =
      new EmbeddedMetrics("shop", metrics, new PrintStream(out, true, StandardCharsets.UTF_8));

  private JsonNode write() throws Exception {
    out.reset();
    embedded.write(clock.instant());
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(text.lines()).hasSize(1);
    return JSON.readTree(text);
  }

  @Test
  void aLineHasWhatIsAndWhatHasHappenedSinceTheLast() throws Exception {
    metrics.connected(RED);
    metrics.sent(RED, ResourceType.CLUSTER, 3, 1);
    metrics.sent(RED, ResourceType.LISTENER, 1, 0);
    metrics.acknowledged(RED, Duration.ofMillis(250));
    metrics.refused("why", "/192.0.2.1:5");
    metrics.sentAway("why", "/192.0.2.1:6");
    metrics.unacknowledged.set(12.5);
    metrics.behind.set(2);
    metrics.documentAge.labelValues("/shop/mesh").set(1);
    metrics.sourceAge.labelValues("document /shop/mesh").set(1);
    metrics.sourceAge.labelValues("cloud-map red.shop.local").set(7.5);
    metrics.certificate.set(1000);
    JsonNode line = write();
    assertThat(line.path("ControlPlane").asText()).isEqualTo("shop");
    assertThat(line.path("ConnectedEnvoys").asInt()).isEqualTo(1);
    assertThat(line.path("Pushes").asInt()).isEqualTo(2);
    assertThat(line.path("Rejections").asInt()).isZero();
    assertThat(line.path("Refused").asInt()).isEqualTo(1);
    assertThat(line.path("SentAway").asInt()).isEqualTo(1);
    assertThat(line.path("UnacknowledgedFor").asDouble()).isEqualTo(12.5);
    assertThat(line.path("AcknowledgedIn").asDouble()).isEqualTo(0.25);
    assertThat(line.path("Behind").asInt()).isEqualTo(2);
    assertThat(line.path("DocumentAge").asInt()).isEqualTo(1);
    assertThat(line.path("SourceAge").asDouble()).isEqualTo(7.5);
    assertThat(line.path("Sources").path("cloud-map red.shop.local").asDouble()).isEqualTo(7.5);

    metrics.sent(RED, ResourceType.ROUTE, 1, 0);
    JsonNode next = write();
    assertThat(next.path("Pushes").asInt()).isEqualTo(1);
    assertThat(next.path("Refused").asInt()).isZero();
    // Nobody has acknowledged anything.
    assertThat(next.has("AcknowledgedIn")).isFalse();
  }

  /** Each is paid for, whether an alarm needs it or not; what else is in the line is not. */
  @Test
  void asManyAreMetricsOfCloudWatchAsTheCostCounts() throws Exception {
    metrics.documentAge.labelValues("/shop/mesh").set(1);
    metrics.acknowledged(RED, Duration.ofMillis(250));
    metrics.certificate.set(1000);
    JsonNode declared = write().at("/_aws/CloudWatchMetrics/0/Metrics");
    JsonNode template =
        JSON.readTree(
            Path.of(
                    "test/src/test/resources/templates/own-envoys/app-mesh-ipv6-control-plane.template.json")
                .toFile());
    assertThat(TemplateBill.of(template).bill().describe())
        .contains(" %d x metric of CloudWatch".formatted(declared.size()));
  }
}
