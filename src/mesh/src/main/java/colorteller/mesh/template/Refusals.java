package colorteller.mesh.template;

import colorteller.mesh.template.TemplateException.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Collects what App Mesh would have refused, so that all of it can be said at once. */
final class Refusals {

  private final List<Refusal> found = new ArrayList<>();

  void add(List<Refusal> refusals) {
    found.addAll(refusals);
  }

  /** Reads a part; empty if something in it is refused, which is kept. */
  <T> Optional<T> part(Supplier<T> part) {
    try {
      return Optional.of(part.get());
    } catch (TemplateException.Refused refused) {
      add(refused.all());
      return Optional.empty();
    }
  }

  /** Checks a part; what is refused there is kept. */
  void check(Runnable part) {
    try {
      part.run();
    } catch (TemplateException.Refused refused) {
      add(refused.all());
    }
  }

  /** Ends the reading if something was refused. */
  void throwAny() {
    if (!found.isEmpty()) {
      throw new TemplateException.Refused(found);
    }
  }
}
