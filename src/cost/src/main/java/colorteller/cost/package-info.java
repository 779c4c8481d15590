/** What the stacks cost. */
@NullMarked
package colorteller.cost;

import org.jspecify.annotations.NullMarked;
