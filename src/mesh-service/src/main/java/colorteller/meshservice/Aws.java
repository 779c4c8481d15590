package colorteller.meshservice;

import java.time.Duration;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.retries.DefaultRetryStrategy;

/** AWS's APIs, with the credentials and the region of where this runs. */
final class Aws {

  private static final Duration ATTEMPT_LIMIT = Duration.ofSeconds(3);

  /** What is asked again soon need not be asked for long. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** Whether the environment says where AWS is: it means that host, and none made of it. */
  static final boolean IS_ELSEWHERE = System.getenv("AWS_ENDPOINT_URL") != null;

  private Aws() {}

  /** A client that tries a second time, and gives up after 5 s. */
  static <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C client(
      B builder, SdkHttpClient http) {
    return builder
        .httpClient(http)
        .overrideConfiguration(
            calls ->
                calls
                    .retryStrategy(
                        DefaultRetryStrategy.standardStrategyBuilder().maxAttempts(2).build())
                    .apiCallAttemptTimeout(ATTEMPT_LIMIT)
                    .apiCallTimeout(LIMIT)
                    .putAdvancedOption(
                        SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, IS_ELSEWHERE))
        .build();
  }
}
