/**
 * The process that acts for this program inside a namespace, which the program itself cannot enter.
 * JDK and dnsjava only, so that it starts fast.
 */
@NullMarked
package colorteller.vpc.agent;

import org.jspecify.annotations.NullMarked;
