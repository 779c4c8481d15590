package colorteller.mesh.template;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/** What is being evaluated: refuses what leads back to itself, and chains too long to follow. */
final class Underway {

  private static final int LONGEST_CHAIN = 50;

  private final Set<String> chain = new LinkedHashSet<>();

  <T> T once(String what, Place place, Supplier<T> value) {
    if (!chain.add(what)) {
      throw place.error("depends on itself: %s → %s".formatted(String.join(" → ", chain), what));
    }
    try {
      if (chain.size() > LONGEST_CHAIN) {
        throw place.error(
            "is at the end of a chain of more than %d references".formatted(LONGEST_CHAIN));
      }
      return value.get();
    } finally {
      chain.remove(what);
    }
  }
}
