/** The CDK app: a stack per file, a construct per concept, one settings object. */
@NullMarked
package colorteller.infra;

import org.jspecify.annotations.NullMarked;
