/** What an account and a machine need before {@code cdk deploy}. */
@NullMarked
package colorteller.preflight;

import org.jspecify.annotations.NullMarked;
