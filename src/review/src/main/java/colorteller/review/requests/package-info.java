/** What a change does to requests, from the internet to an application, and to Envoys. */
@NullMarked
package colorteller.review.requests;

import org.jspecify.annotations.NullMarked;
