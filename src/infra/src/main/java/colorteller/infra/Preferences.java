package colorteller.infra;

import colorteller.mesh.IpPreference;
import java.util.Map;
import java.util.Optional;

/**
 * The IP preferences of a mesh and of its nodes.
 *
 * @param mesh the mesh's; {@link IpPreference#NONE} leaves the property out
 * @param colors those of nodes that have one of their own
 */
record Preferences(IpPreference mesh, Map<Color, IpPreference> colors) {

  IpPreference of(Color color) {
    return Optional.ofNullable(colors.get(color)).orElse(IpPreference.NONE);
  }
}
