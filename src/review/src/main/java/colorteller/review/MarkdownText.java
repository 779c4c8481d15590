package colorteller.review;

/** Texts of templates in Markdown. */
final class MarkdownText {

  private static final int WIDTH = 400;
  private static final int CONTEXT = 40;

  private MarkdownText() {}

  /** Where two long values differ, and not how both begin. */
  static String shortened(String difference) {
    String arrow = " → ";
    int at = difference.indexOf(arrow);
    int value = difference.indexOf(": ") + 2;
    if (difference.length() <= WIDTH || at < value) {
      return difference;
    }
    String before = difference.substring(value, at);
    String after = difference.substring(at + arrow.length());
    int same = 0;
    while (same < Math.min(before.length(), after.length())
        && before.charAt(same) == after.charAt(same)) {
      same++;
    }
    int from = Math.max(0, same - CONTEXT);
    return difference.substring(0, value) + part(before, from) + arrow + part(after, from);
  }

  private static String part(String text, int from) {
    int to = Math.min(text.length(), from + WIDTH / 3);
    return (from > 0 ? "…" : "") + text.substring(from, to) + (to < text.length() ? "…" : "");
  }

  /** Text of a template: whatever it holds, it stays one line, and is not taken for Markdown. */
  static String code(String text) {
    String line = text.replaceAll("\\R", "␤");
    String shown = line.length() > WIDTH ? line.substring(0, WIDTH) + "…" : line;
    return shown.contains("`") ? "`` " + shown.replaceAll("``+", "`") + " ``" : "`" + shown + "`";
  }

  /** The same outside of code, and in a table. */
  static String plain(String text) {
    return text.replaceAll("\\R", "␤")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("|", "\\|");
  }
}
