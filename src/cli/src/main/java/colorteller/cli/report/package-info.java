/** What requests should give and gave, for a person. */
@NullMarked
package colorteller.cli.report;

import org.jspecify.annotations.NullMarked;
