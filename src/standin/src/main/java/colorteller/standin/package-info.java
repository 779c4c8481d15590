/**
 * What stands in for the application behind a node of somebody's own mesh: it speaks what the
 * node's listener says, tells what it saw, and fails as it is told.
 */
@NullMarked
package colorteller.standin;

import org.jspecify.annotations.NullMarked;
