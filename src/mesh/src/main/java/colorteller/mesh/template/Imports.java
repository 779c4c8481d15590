package colorteller.mesh.template;

import java.util.List;
import java.util.Optional;

/** What a template may import of other stacks. */
@FunctionalInterface
interface Imports {

  /** The value of an export; empty if nobody exports it, or only a deployment knows the value. */
  Optional<String> value(String export);

  /** The exports of the templates that are read together with it; empty if there are none. */
  default List<String> names() {
    return List.of();
  }
}
