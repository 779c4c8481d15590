package colorteller.constructs;

import colorteller.mesh.ProxyId;
import java.util.List;

/**
 * An Envoy that a task is to have; {@link MeshDocument} gives those of its mesh.
 *
 * @param id the virtual node or virtual gateway that it is
 * @param ports of its listeners
 */
public record MeshProxy(ProxyId id, List<Integer> ports) {}
