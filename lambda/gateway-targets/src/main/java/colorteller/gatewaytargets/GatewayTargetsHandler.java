package colorteller.gatewaytargets;

import colorteller.aws.AwsClients;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;
import software.amazon.lambda.powertools.metrics.MetricsFactory;
import software.amazon.lambda.powertools.metrics.model.DimensionSet;
import software.amazon.lambda.powertools.metrics.model.MetricUnit;

/** The function. A failure that stays is left to Lambda, which tries again and then reports it. */
public final class GatewayTargetsHandler implements RequestStreamHandler {

  private static final Logger LOG = LoggerFactory.getLogger(GatewayTargetsHandler.class);

  private final GatewayTargetsEnvironment configuration =
      GatewayTargetsEnvironment.of(System.getenv());
  private final Reconciliation reconciliation;

  public GatewayTargetsHandler() {
    // Opens no connection yet: one made before a snapshot would be dead after it.
    SdkHttpClient http = UrlConnectionHttpClient.create();
    reconciliation =
        new Reconciliation(
            AwsClients.client(EcsClient.builder(), http),
            AwsClients.client(ElasticLoadBalancingV2Client.builder(), http),
            configuration,
            this::settle);
  }

  private void settle() {
    try {
      Thread.sleep(configuration.settle().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while ECS settled", e);
    }
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    byte[] json = input.readAllBytes();
    int withoutIpv6 =
        PowertoolsLogging.withLogging(
            context,
            () -> {
              try {
                Event event = Event.of(json, configuration);
                MDC.put("correlation_id", event.id());
                return reconciliation.run();
              } catch (RuntimeException e) {
                // Lambda writes it without the fields that a search needs.
                LOG.error("The target group could not be kept up to date", e);
                throw e;
              }
            });
    // Also 0, so that an alarm sees the end.
    MetricsFactory.getMetricsInstance()
        .flushSingleMetric(
            "TasksWithoutIpv6",
            withoutIpv6,
            MetricUnit.COUNT,
            "colorteller",
            DimensionSet.of("Service", configuration.service()));
  }
}
