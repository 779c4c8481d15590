/** What a change opens: policies, security groups, and properties that guard something. */
@NullMarked
package colorteller.review.security;

import org.jspecify.annotations.NullMarked;
