/** What a change of the golden templates means, for whoever reviews it. */
@NullMarked
package colorteller.review;

import org.jspecify.annotations.NullMarked;
