package colorteller.mesh;

import java.util.Optional;

/**
 * A request that a client can make.
 *
 * @param gateway the gateway that it enters through
 * @param path its path
 * @param node the node that its route ends at; empty where nothing provides the virtual service
 */
public record Request(VirtualGateway gateway, String path, Optional<VirtualNode> node) {}
