/** What the stacks cost. */
@NullMarked
package colorteller.cli.cost;

import org.jspecify.annotations.NullMarked;
