package colorteller.aws;

import java.time.Duration;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;

/** Clients of AWS's APIs, with the credentials and the region of where this runs. */
public final class AwsClients {

  private AwsClients() {}

  /**
   * A client that tries again when it is throttled, and gives up after 30 s. It opens no connection
   * yet: one made before a Lambda snapshot would be dead after it.
   */
  public static <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C client(
      B builder, SdkHttpClient http) {
    return builder
        .httpClient(http)
        .overrideConfiguration(
            calls ->
                calls
                    .retryStrategy(RetryMode.ADAPTIVE_V2)
                    .apiCallAttemptTimeout(Duration.ofSeconds(5))
                    .apiCallTimeout(Duration.ofSeconds(30)))
        .build();
  }
}
