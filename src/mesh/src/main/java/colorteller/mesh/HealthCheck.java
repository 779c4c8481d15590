package colorteller.mesh;

import java.time.Duration;

/**
 * A listener's HTTP health check: what every Envoy that sends to the node asks it.
 *
 * @param path the HTTP path asked for
 * @param interval from one check to the next
 * @param timeout after which an unanswered check has failed
 * @param healthyThreshold how many checks in a row must pass before a host counts as healthy
 * @param unhealthyThreshold how many checks in a row must fail before it counts as unhealthy
 */
public record HealthCheck(
    String path,
    Duration interval,
    Duration timeout,
    int healthyThreshold,
    int unhealthyThreshold) {}
