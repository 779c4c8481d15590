/** What the Envoys of a scenario are told in tasks on AWS. */
@NullMarked
package colorteller.cli.config;

import org.jspecify.annotations.NullMarked;
