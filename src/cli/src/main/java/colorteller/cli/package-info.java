/** The {@code walkthrough} command. */
@NullMarked
package colorteller.cli;

import org.jspecify.annotations.NullMarked;
