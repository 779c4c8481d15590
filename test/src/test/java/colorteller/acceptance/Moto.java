package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** AWS's APIs on loopback. */
record Moto(Process process, String endpoint) implements AutoCloseable {

  private static final Pattern ADDRESS =
      Pattern.compile("Running on (http://127\\.0\\.0\\.1:\\d+)");

  static Moto start() throws IOException {
    Process process =
        new ProcessBuilder(".tools/moto_server", "-H", "127.0.0.1", "-p", "0")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader lines = process.errorReader();
    // It says where it listens, or ends.
    String endpoint = "";
    for (String line = lines.readLine();
        line != null && endpoint.isEmpty();
        line = endpoint.isEmpty() ? lines.readLine() : line) {
      Matcher address = ADDRESS.matcher(line);
      endpoint = address.find() ? address.group(1) : "";
    }
    assertThat(endpoint).as("moto_server's address").isNotEmpty();
    drain(lines);
    return new Moto(process, endpoint);
  }

  /** It writes a line for each request, and would stand still when nobody reads them. */
  private static void drain(BufferedReader lines) {
    Thread thread =
        new Thread(
            () -> {
              try (lines) {
                lines.transferTo(Writer.nullWriter());
              } catch (IOException e) {
                // It has ended.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    process.onExit().join();
  }
}
