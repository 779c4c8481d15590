/** What a mesh's templates have that does nothing, or not what they seem to say. */
@NullMarked
package colorteller.mesh.lint;

import org.jspecify.annotations.NullMarked;
