/** What CloudFormation does to the resources of each stack. */
@NullMarked
package colorteller.cli.review.stacks;

import org.jspecify.annotations.NullMarked;
