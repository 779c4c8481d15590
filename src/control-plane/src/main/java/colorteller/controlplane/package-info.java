/**
 * From a mesh to the resources of its Envoys, a class per Envoy concept, and the server that hands
 * them out.
 */
@NullMarked
package colorteller.controlplane;

import org.jspecify.annotations.NullMarked;
