/**
 * What stands in for App Mesh on ECS, for anyone's CDK app: a mesh as a document ({@link
 * colorteller.constructs.MeshDocument}), the control plane that serves it ({@link
 * colorteller.constructs.ControlPlane}), the certificates by which it and the Envoys know each
 * other ({@link colorteller.constructs.MeshCertificates}), and an Envoy for any Fargate task
 * ({@link colorteller.constructs.Sidecar}, {@link colorteller.constructs.Gateway}).
 */
@NullMarked
package colorteller.constructs;

import org.jspecify.annotations.NullMarked;
