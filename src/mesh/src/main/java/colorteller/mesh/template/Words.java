package colorteller.mesh.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The wording that error messages share. */
final class Words {

  private static final int LONGEST_QUOTE = 80;
  private static final int LONGEST_LIST = 12;

  private Words() {}

  static String quote(String value) {
    return "'" + shortened(value) + "'";
  }

  /** A value as the template has it: quoted text, or JSON. */
  static String show(JsonNode value) {
    return value.isTextual() ? quote(value.textValue()) : shortened(value.toString());
  }

  private static String shortened(String value) {
    return value.length() <= LONGEST_QUOTE ? value : value.substring(0, LONGEST_QUOTE) + "…";
  }

  /** "allowed are a, b", with the word that was probably meant. */
  static String allowed(String word, Collection<String> words) {
    return meant(word, words) + "allowed are " + list(words);
  }

  /** The word that was probably meant, else all there are. */
  static String nearest(String word, Collection<String> words, String what) {
    String meant = meant(word, words);
    return meant + (words.isEmpty() ? "there are none" : what + " are " + list(words));
  }

  private static String list(Collection<String> words) {
    String first =
        words.stream().limit(LONGEST_LIST).map(Words::shortened).collect(Collectors.joining(", "));
    int left = words.size() - LONGEST_LIST;
    return left > 0 ? first + " and " + left + " more" : first;
  }

  private static String meant(String word, Collection<String> words) {
    String lower = word.toLowerCase(Locale.ROOT);
    // The distance costs time in proportion to both lengths; nobody misspells a word this long.
    return word.length() > LONGEST_QUOTE
        ? ""
        : words.stream()
            .filter(candidate -> candidate.length() <= LONGEST_QUOTE)
            .filter(candidate -> distance(lower, candidate) <= Math.max(1, candidate.length() / 4))
            .min(Comparator.comparingInt(candidate -> distance(lower, candidate)))
            .map(candidate -> "did you mean " + candidate + "? ")
            .orElse("");
  }

  /** How many letters to change, add or leave out, whatever their case. */
  private static int distance(String lower, String candidate) {
    return LevenshteinDistance.getDefaultInstance()
        .apply(lower, candidate.toLowerCase(Locale.ROOT));
  }
}
