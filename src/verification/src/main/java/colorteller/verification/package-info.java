/** Asks a mesh that is deployed whether it behaves as it should. */
@NullMarked
package colorteller.verification;

import org.jspecify.annotations.NullMarked;
