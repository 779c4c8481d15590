package colorteller.gatewaytargets;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.retry.RetryMode;
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
            client(EcsClient.builder(), http),
            client(ElasticLoadBalancingV2Client.builder(), http),
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

  private static <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C client(
      B builder, SdkHttpClient http) {
    return builder
        .httpClient(http)
        .overrideConfiguration(
            calls ->
                calls
                    .retryStrategy(RetryMode.ADAPTIVE_V2)
                    .apiCallAttemptTimeout(Duration.ofSeconds(5))
                    .apiCallTimeout(Duration.ofSeconds(20)))
        .build();
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
