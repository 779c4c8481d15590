/**
 * The commands of {@code ./walkthrough}, and nothing else: what a user says, and what a user is
 * told. What they do is in the rooms that they ask.
 */
@NullMarked
package colorteller.cli;

import org.jspecify.annotations.NullMarked;
