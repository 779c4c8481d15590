package colorteller.controlplane;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.HttpHealthCheck;

/** A listener's health check → what every Envoy that sends to the node asks it. */
final class HealthChecks {

  private HealthChecks() {}

  static HealthCheck of(colorteller.mesh.HealthCheck check, Placement placement) {
    Duration interval = Durations.fromMillis(placement.healthCheckInterval(check).toMillis());
    return HealthCheck.newBuilder()
        .setTimeout(Durations.fromMillis(check.timeout().toMillis()))
        .setInterval(interval)
        // Envoy's default is a check a minute until the cluster has traffic.
        .setNoTrafficInterval(interval)
        .setNoTrafficHealthyInterval(interval)
        .setHealthyThreshold(UInt32Value.of(check.healthyThreshold()))
        .setUnhealthyThreshold(UInt32Value.of(check.unhealthyThreshold()))
        .setHttpHealthCheck(HttpHealthCheck.newBuilder().setPath(check.path()))
        .build();
  }
}
