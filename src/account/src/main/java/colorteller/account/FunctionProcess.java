package colorteller.account;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A function as Lambda runs it: its package, in a Java process of its own, which one invocation
 * after the other finds warm.
 */
public final class FunctionProcess implements AutoCloseable {

  /**
   * What came of an invocation.
   *
   * @param output what the function returned
   * @param error the type and the message with which it failed; empty text if it did not
   * @param log what it logged
   */
  public record Result(String output, String error, String log) {}

  private final Path folder;
  private final Process process;
  private final Writer events;
  private final BufferedReader outcomes;

  /**
   * Starts {@code colorteller.<module>.<Module>Handler}, which is constructed when it is invoked.
   *
   * @param root the project's folder
   * @param module the folder below {@code lambda/}
   * @param environment all that it is told
   * @param options of its Java
   */
  public FunctionProcess(
      Path root, String module, Map<String, String> environment, String... options)
      throws IOException {
    folder = Files.createTempDirectory("lambda-");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                "%s/*:%s"
                    .formatted(
                        root.resolve("lambda/%s/target/package/lib".formatted(module)),
                        FunctionProcess.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .getPath())));
    command.addAll(List.of(options));
    command.addAll(List.of(Invocation.class.getName(), handler(module), folder.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(folder.resolve(Invocation.LOG).toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    process = builder.start();
    events = process.outputWriter(StandardCharsets.UTF_8);
    outcomes = process.errorReader(StandardCharsets.UTF_8);
  }

  private static String handler(String module) {
    StringBuilder name = new StringBuilder();
    for (String word : List.of(module.split("-", -1))) {
      name.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
    }
    return "colorteller.%s.%sHandler".formatted(module.replace("-", ""), name);
  }

  /**
   * Invokes it.
   *
   * @param event JSON
   * @throws IOException if its process has ended
   */
  public Result invoke(String event) throws IOException {
    Path log = folder.resolve(Invocation.LOG);
    int logged = Files.readString(log).length();
    Files.writeString(folder.resolve(Invocation.EVENT), event);
    events.write(Invocation.INVOKE + "\n");
    events.flush();
    StringBuilder error = new StringBuilder();
    for (String line = outcomes.readLine();
        !Invocation.DONE.equals(line);
        line = outcomes.readLine()) {
      if (line == null) {
        throw new IOException("its process ended: " + error);
      }
      error.append(line).append('\n');
    }
    return new Result(
        Files.readString(folder.resolve(Invocation.OUTPUT)),
        error.toString().strip(),
        Files.readString(log).substring(logged));
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
