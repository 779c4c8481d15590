package colorteller.mesh;

import java.util.Optional;

/**
 * How much an Envoy lets through at a time, each at least 1; empty for any number.
 *
 * @param maxConnections of HTTP/1.1 and TCP
 * @param maxPendingRequests of HTTP/1.1: requests that wait for a connection
 * @param maxRequests of HTTP/2 and gRPC
 */
public record ConnectionPool(
    Optional<Integer> maxConnections,
    Optional<Integer> maxPendingRequests,
    Optional<Integer> maxRequests) {}
