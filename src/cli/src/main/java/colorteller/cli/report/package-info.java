/** What requests should give and gave, for a person (a table) and for a program (JSON). */
@NullMarked
package colorteller.cli.report;

import org.jspecify.annotations.NullMarked;
