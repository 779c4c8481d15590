/**
 * A Lambda function that keeps a mesh's certificate authority, and the certificates of its control
 * plane and its Envoys. It is a custom resource, and runs once a day.
 */
@NullMarked
package colorteller.meshcertificates;

import org.jspecify.annotations.NullMarked;
