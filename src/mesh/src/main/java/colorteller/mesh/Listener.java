package colorteller.mesh;

import java.util.Optional;

/**
 * Where a virtual node or a virtual gateway takes connections.
 *
 * @param port the port of the application (node) or of the gateway itself
 * @param protocol what is spoken there
 * @param healthCheck how clients of this listener check it, if they do
 * @param tls whether connections are encrypted, and how; empty for plain text
 * @param timeouts how long requests may take here; a gateway has none
 * @param connectionPool how much reaches the application (node) or passes the gateway at a time;
 *     empty for any
 * @param outlierDetection when clients stop for a while to send to an instance; empty for never
 */
public record Listener(
    int port,
    Protocol protocol,
    Optional<HealthCheck> healthCheck,
    Optional<ListenerTls> tls,
    Timeouts timeouts,
    Optional<ConnectionPool> connectionPool,
    Optional<OutlierDetection> outlierDetection) {

  /** A listener of which nothing else is said. */
  public static Listener of(int port, Protocol protocol) {
    return new Listener(
        port,
        protocol,
        Optional.empty(),
        Optional.empty(),
        Timeouts.DEFAULT,
        Optional.empty(),
        Optional.empty());
  }

  /** Its TLS, unless that is disabled. */
  public Optional<ListenerTls> encryption() {
    return tls.filter(own -> own.mode() != ListenerTls.Mode.DISABLED);
  }

  /** The same with a health check. */
  public Listener withHealthCheck(HealthCheck check) {
    return new Listener(
        port, protocol, Optional.of(check), tls, timeouts, connectionPool, outlierDetection);
  }
}
