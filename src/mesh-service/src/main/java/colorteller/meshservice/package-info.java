/**
 * The control plane as a service: what a mesh is comes from documents in S3, what its nodes'
 * addresses are from Cloud Map, and each Envoy is served its resources.
 *
 * <p>It never makes things worse: what a source says last that is good stays in force.
 */
@NullMarked
package colorteller.meshservice;

import org.jspecify.annotations.NullMarked;
