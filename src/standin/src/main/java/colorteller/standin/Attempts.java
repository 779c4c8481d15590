package colorteller.standin;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts the tries of a request: an Envoy that tries again sends the same id, perhaps elsewhere.
 */
final class Attempts {

  private static final int REMEMBERED = 20_000;

  private final Map<String, Integer> counts =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Counts one more; 1 for a request that has no id. */
  synchronized int next(String id) {
    return id.isEmpty() ? 1 : counts.merge(id, 1, Integer::sum);
  }

  synchronized int of(String id) {
    return counts.getOrDefault(id, 0);
  }
}
