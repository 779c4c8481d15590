/** Lets the CDK app synthesize, and reads what it wrote. */
@NullMarked
package colorteller.synthesis;

import org.jspecify.annotations.NullMarked;
