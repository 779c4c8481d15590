package colorteller.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.text.CaseUtils;

/**
 * A function as Lambda runs it: its package, in a Java process of its own, which one invocation
 * after the other finds warm.
 */
public final class LambdaPackage implements AutoCloseable {

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
   * @param module the folder under {@code lambda/}
   * @param environment over that of this process; an empty text takes a variable away
   */
  public LambdaPackage(String module, Map<String, String> environment) throws IOException {
    folder = Files.createTempDirectory("lambda-");
    ProcessBuilder builder =
        new ProcessBuilder(
                Command.java(
                    "lambda/%s/target/package/lib/*:test/target/test-classes".formatted(module),
                    Moto.HOSTS_OPTION,
                    Invocation.class.getName(),
                    "colorteller.%s.%sHandler"
                        .formatted(
                            module.replace("-", ""), CaseUtils.toCamelCase(module, true, '-')),
                    folder.toString()))
            .directory(Command.root().toFile())
            .redirectOutput(folder.resolve(Invocation.LOG).toFile());
    builder.environment().putAll(environment);
    builder.environment().values().removeIf(String::isEmpty);
    process = builder.start();
    events = process.outputWriter(StandardCharsets.UTF_8);
    outcomes = process.errorReader(StandardCharsets.UTF_8);
  }

  /** Invokes a function once, in a process that ends with it. */
  public static Result invoke(String module, Map<String, String> environment, String event)
      throws IOException {
    try (LambdaPackage function = new LambdaPackage(module, environment)) {
      return function.invoke(event);
    }
  }

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
        throw new AssertionError("The function's process ended: " + error);
      }
      error.append(line).append('\n');
    }
    return new Result(
        Files.readString(folder.resolve(Invocation.OUTPUT)),
        error.toString().strip(),
        Files.readString(log).substring(logged));
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    process.onExit().join();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
