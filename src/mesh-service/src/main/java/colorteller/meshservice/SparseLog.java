package colorteller.meshservice;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A log of what may happen again and again, and in turns: each cause is said at once, then at most
 * once a minute, with how often it has come up since. Whatever comes up, so many causes are said a
 * minute and no more; and what others have made up is one line.
 */
final class SparseLog {

  static final Duration QUIET = Duration.ofMinutes(1);
  static final int MOST_CAUSES = 50;
  static final int MOST_CHARACTERS = 2000;

  /**
   * A cause that has been said.
   *
   * @param since how often it has come up since then
   */
  private record Said(Instant at, long since) {}

  private final Logger log;
  private final Clock clock;
  // In the order in which they were said last.
  private final Map<String, Said> causes = new LinkedHashMap<>();
  private long others;

  SparseLog(Logger log, Clock clock) {
    this.log = log;
    this.clock = clock;
  }

  /** Something has come up. */
  void say(Level level, String cause, String more) {
    say(level, cause, more, null);
  }

  /**
   * Something has come up.
   *
   * @param more what else there is to say, which may be different each time
   * @param thrown whose stack trace is said with it
   */
  synchronized void say(Level level, String cause, String more, @Nullable Throwable thrown) {
    Instant now = clock.instant();
    Said said = causes.get(cause);
    if (said == null && causes.size() == MOST_CAUSES) {
      Map.Entry<String, Said> eldest = causes.entrySet().iterator().next();
      if (isQuiet(eldest.getValue(), now)) {
        others++;
        return;
      }
      others += eldest.getValue().since();
      causes.remove(eldest.getKey());
    }
    if (said != null && isQuiet(said, now)) {
      causes.replace(cause, new Said(said.at(), said.since() + 1));
      return;
    }
    StringBuilder line = new StringBuilder(cause).append(more);
    if (said != null && said.since() > 0) {
      line.append("; ").append(said.since()).append(" times more since ").append(said.at());
    }
    if (others > 0) {
      line.append("; and ").append(others).append(" times something else");
      others = 0;
    }
    causes.remove(cause);
    causes.put(cause, new Said(now, 0));
    log.log(level, oneLine(line.toString()), thrown);
  }

  private static boolean isQuiet(Said said, Instant now) {
    return now.isBefore(said.at().plus(QUIET));
  }

  private static String oneLine(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "…";
  }
}
