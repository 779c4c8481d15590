/** What an account and a machine need before {@code cdk deploy}. */
@NullMarked
package colorteller.cli.preflight;

import org.jspecify.annotations.NullMarked;
