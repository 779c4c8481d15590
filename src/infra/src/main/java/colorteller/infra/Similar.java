package colorteller.infra;

import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Words that a person may have meant, and words too long to repeat. */
final class Similar {

  private static final int SHOWN = 60;
  private static final LevenshteinDistance AT_MOST_TWO = new LevenshteinDistance(2);

  private Similar() {}

  /** Whether one word can be the other with at most two letters wrong, missing or too many. */
  static boolean words(String known, String typed) {
    return AT_MOST_TWO.apply(known.toLowerCase(Locale.ROOT), typed.toLowerCase(Locale.ROOT)) >= 0;
  }

  /** A value as an error repeats it: on one line, and not longer than a line. */
  static String shortened(String value) {
    String line = value.replaceAll("\\R|\\p{Cntrl}", " ");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
  }
}
