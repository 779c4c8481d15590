package colorteller.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Opens pages in the browser that this user has chosen. */
final class Browser {

  private Browser() {}

  /** Asks the desktop to open a page; says how to do it by hand where there is none. */
  static void open(String url) {
    boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
    String opener = mac ? "open" : "xdg-open";
    try {
      new ProcessBuilder(List.of(opener, url))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      WalkthroughCommand.say(
          "No browser is opened: there is no '%s' on PATH; open %s yourself"
              .formatted(opener, url));
    }
  }
}
