/** The page: what a mesh on this machine does, to look at and to switch. */
@NullMarked
package colorteller.page;

import org.jspecify.annotations.NullMarked;
