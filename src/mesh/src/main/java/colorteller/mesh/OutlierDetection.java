package colorteller.mesh;

import java.time.Duration;

/**
 * When clients of a node stop for a while to send to one of its instances.
 *
 * @param maxServerErrors after how many server errors in a row
 * @param interval from one look to the next
 * @param baseEjectionDuration for how long; multiplied by how often it has happened
 * @param maxEjectionPercent of the instances, at most; one instance may always be left out
 */
public record OutlierDetection(
    int maxServerErrors,
    Duration interval,
    Duration baseEjectionDuration,
    int maxEjectionPercent) {}
