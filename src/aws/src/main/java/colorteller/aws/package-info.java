/** How AWS is asked, and what it says. */
@NullMarked
package colorteller.aws;

import org.jspecify.annotations.NullMarked;
