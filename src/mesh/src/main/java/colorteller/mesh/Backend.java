package colorteller.mesh;

import java.util.Optional;

/**
 * A virtual service that a node sends to.
 *
 * @param virtualService its name
 * @param tls the client policy for it; empty for the node's default
 */
public record Backend(String virtualService, Optional<ClientTls> tls) {}
