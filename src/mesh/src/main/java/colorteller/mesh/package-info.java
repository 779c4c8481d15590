/**
 * What a mesh is, and what each request through it should give. Pure: no CDK, no AWS SDK, no Envoy,
 * no network.
 */
@NullMarked
package colorteller.mesh;

import org.jspecify.annotations.NullMarked;
