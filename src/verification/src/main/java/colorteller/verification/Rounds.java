package colorteller.verification;

import java.time.Duration;

/**
 * When a stage counts as settled: App Mesh does not say when its Envoys have taken a change, so the
 * same complete observation must be made several times in a row.
 *
 * @param same how many times in a row
 * @param pause from one to the next
 * @param limit after which the verification gives up
 */
public record Rounds(int same, Duration pause, Duration limit) {

  /** Whether so many rounds fit in the limit at all. */
  public boolean fit() {
    return same > 0 && !pause.isNegative() && pause.multipliedBy(same - 1L).compareTo(limit) < 0;
  }
}
