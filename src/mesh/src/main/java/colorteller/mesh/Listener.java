package colorteller.mesh;

import java.util.Optional;

/**
 * Where a virtual node or a virtual gateway takes HTTP requests.
 *
 * @param port the port of the application (node) or of the gateway itself
 * @param healthCheck how clients of this listener check it, if they do
 */
public record Listener(int port, Optional<HealthCheck> healthCheck) {}
