/** Says whether a deployed stage of the walkthrough behaves as its mesh says that it should. */
@NullMarked
package colorteller.walkthroughverifier;

import org.jspecify.annotations.NullMarked;
