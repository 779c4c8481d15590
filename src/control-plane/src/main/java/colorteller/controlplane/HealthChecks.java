package colorteller.controlplane;

import colorteller.mesh.Protocol;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.GrpcHealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.HttpHealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.TcpHealthCheck;
import io.envoyproxy.envoy.type.v3.CodecClientType;

/** A listener's health check → what every Envoy that sends to the node asks it. */
final class HealthChecks {

  private HealthChecks() {}

  /**
   * A health check.
   *
   * @param protocol what is spoken at the listener
   */
  static HealthCheck of(
      colorteller.mesh.HealthCheck check, Protocol protocol, Placement placement) {
    Duration interval = Durations.fromMillis(placement.healthCheckInterval(check).toMillis());
    HealthCheck.Builder result =
        HealthCheck.newBuilder()
            .setTimeout(Durations.fromMillis(check.timeout().toMillis()))
            .setInterval(interval)
            // Envoy's default is a check a minute until the cluster has traffic.
            .setNoTrafficInterval(interval)
            .setNoTrafficHealthyInterval(interval)
            .setHealthyThreshold(UInt32Value.of(check.healthyThreshold()))
            .setUnhealthyThreshold(UInt32Value.of(check.unhealthyThreshold()));
    // Envoy asks by gRPC only where the cluster speaks HTTP/2: elsewhere a connection has to do.
    Protocol asked =
        check.protocol() == Protocol.GRPC && !protocol.isHttp2() ? Protocol.TCP : check.protocol();
    switch (asked) {
      case HTTP -> result.setHttpHealthCheck(http(check));
      case HTTP2 ->
          result.setHttpHealthCheck(http(check).setCodecClientType(CodecClientType.HTTP2));
      case GRPC -> result.setGrpcHealthCheck(GrpcHealthCheck.getDefaultInstance());
      // Nothing is sent: who takes the connection is healthy.
      case TCP -> result.setTcpHealthCheck(TcpHealthCheck.getDefaultInstance());
    }
    return result.build();
  }

  private static HttpHealthCheck.Builder http(colorteller.mesh.HealthCheck check) {
    return HttpHealthCheck.newBuilder().setPath(check.path().orElse("/"));
  }
}
