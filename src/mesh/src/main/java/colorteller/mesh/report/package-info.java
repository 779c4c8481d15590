/** What requests to a mesh should give and gave, as data and as JSON. */
@NullMarked
package colorteller.mesh.report;

import org.jspecify.annotations.NullMarked;
