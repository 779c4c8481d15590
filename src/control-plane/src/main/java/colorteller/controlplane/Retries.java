package colorteller.controlplane;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryHostPredicate;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import java.util.Optional;
import java.util.stream.Collectors;

/** Retry policies of routes → Envoy's. */
final class Retries {

  private static final int HOST_SELECTION_ATTEMPTS = 5;

  /** What App Mesh gave routes without a retry policy. */
  private static final RetryPolicy DEFAULT =
      elsewhere()
          .setRetryOn("unavailable,connect-failure,refused-stream,reset,retriable-status-codes")
          .addRetriableStatusCodes(503)
          .setNumRetries(UInt32Value.of(2))
          .build();

  private Retries() {}

  static RetryPolicy of(Optional<colorteller.mesh.RetryPolicy> policy) {
    return policy.map(Retries::of).orElse(DEFAULT);
  }

  private static RetryPolicy of(colorteller.mesh.RetryPolicy policy) {
    RetryPolicy.Builder result =
        elsewhere()
            .setRetryOn(
                policy.events().stream()
                    .map(colorteller.mesh.RetryPolicy.Event::retryOn)
                    .collect(Collectors.joining(",")))
            .setNumRetries(UInt32Value.of(policy.maxRetries()));
    if (!policy.perRetryTimeout().isZero()) {
      result.setPerTryTimeout(Durations.fromMillis(policy.perRetryTimeout().toMillis()));
    }
    return result.build();
  }

  /** A retry goes to another instance, if there is one. */
  private static RetryPolicy.Builder elsewhere() {
    return RetryPolicy.newBuilder()
        .addRetryHostPredicate(
            RetryHostPredicate.newBuilder()
                .setName("envoy.retry_host_predicates.previous_hosts")
                .setTypedConfig(Any.pack(PreviousHostsPredicate.getDefaultInstance())))
        .setHostSelectionRetryMaxAttempts(HOST_SELECTION_ATTEMPTS);
  }
}
