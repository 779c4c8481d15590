/** What CloudFormation does to the resources of each stack. */
@NullMarked
package colorteller.review.stacks;

import org.jspecify.annotations.NullMarked;
