package colorteller.mesh;

import java.time.Duration;
import java.util.Optional;

/**
 * A listener's health check: what every Envoy that sends to the node asks it.
 *
 * @param protocol how it is asked: by an HTTP request, gRPC's health protocol, or a connection
 * @param path the path asked for; only HTTP has one
 * @param port the port that is asked, if it is another than the listener's
 * @param interval from one check to the next
 * @param timeout after which an unanswered check has failed
 * @param healthyThreshold how many checks in a row must pass before a host counts as healthy
 * @param unhealthyThreshold how many checks in a row must fail before it counts as unhealthy
 */
public record HealthCheck(
    Protocol protocol,
    Optional<String> path,
    Optional<Integer> port,
    Duration interval,
    Duration timeout,
    int healthyThreshold,
    int unhealthyThreshold) {}
