/** The golden templates of two revisions, and what cannot be told of them. */
@NullMarked
package colorteller.review.template;

import org.jspecify.annotations.NullMarked;
