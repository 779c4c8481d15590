package colorteller.acceptance;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The walkthrough's matrix, written down here once more and by hand. */
public final class Matrix {

  private static final String TEXT =
      """
      dns   v4_only      red         orange            yellow:app        green      blue       purple:app
      dns   v4_preferred red         orange            yellow:app        green      blue       purple:app
      dns   v6_only      red:disc    orange:disc       yellow:disc       green:app  blue       purple
      dns   v6_preferred red:app     orange            yellow            green:app  blue       purple
      dns   override     red         orange            yellow            green:app  blue       purple
      dns   none         red         orange            yellow:app        green:bind blue:bind  purple:bind
      cloud v4_only      red         orange            yellow:app        green      blue       purple:app
      cloud v4_preferred red         orange            yellow:app        green      blue       purple:app
      cloud v6_only      red:disc    orange:disc       yellow:disc       green:app  blue       purple
      cloud v6_preferred red:app     orange            yellow            green:app  blue       purple
      cloud override     red         orange            yellow            green:app  blue       purple
      cloud none         red         orange            yellow:app        green      blue       purple:app
      """;

  /** What each colour gives, by variant and stage; after a colon, where it ends. */
  public static final Map<String, List<String>> ROWS = rows();

  private Matrix() {}

  private static Map<String, List<String>> rows() {
    Map<String, List<String>> rows = new TreeMap<>();
    TEXT.lines()
        .map(line -> List.of(line.split(" +")))
        .forEach(words -> rows.put(words.get(0) + " " + words.get(1), words.subList(2, 8)));
    return rows;
  }
}
