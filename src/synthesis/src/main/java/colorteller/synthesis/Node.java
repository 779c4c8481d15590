package colorteller.synthesis;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The Node.js that the CDK runs on.
 *
 * @param version its own, with the platform that it is built for
 * @param executable where it really is: what is on PATH may choose one of several
 */
record Node(String version, Path executable) {

  private static final String ASK =
      "[process.version + ' ' + process.platform + ' ' + process.arch, process.execPath].join('\\n')";

  /**
   * Asks Node.js itself, in the project's folder, where a version may be named.
   *
   * @param command the {@code node} that is on PATH
   * @param environment all of this machine's: the choice may be there
   * @throws SynthesisException if it does not answer
   */
  static Node ask(Path command, Path root, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command.toString(), "-p", ASK)
            .directory(root.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(environment);
    // Options for other programs could make it say or do anything.
    builder.environment().remove("NODE_OPTIONS");
    Process process = builder.start();
    process.getOutputStream().close();
    try (BufferedReader answer = process.inputReader()) {
      List<String> lines = answer.lines().toList();
      if (process.waitFor() != 0 || lines.size() != 2) {
        throw new SynthesisException(
            "%s does not run: it ended with status %d. Install Node.js 20 or newer."
                .formatted(command, process.exitValue()));
      }
      return new Node(lines.get(0), Path.of(lines.get(1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SynthesisException("interrupted while asking Node.js for its version");
    }
  }
}
