package colorteller.acceptance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs commands as a person does, in the project's folder. */
public final class Command {

  /** What a command did. */
  public record Result(int status, String out, String err) {}

  private static final long LIMIT_SECONDS = 600;

  private Command() {}

  public static Path root() {
    return Path.of(System.getProperty("project.root"));
  }

  public static Result walkthrough(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("./walkthrough"));
    command.addAll(List.of(arguments));
    return run(Map.of(), command);
  }

  /** A Java process of its own, which leaves nothing but where this one does. */
  public static List<String> java(String classpath, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                classpath));
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * Runs a command.
   *
   * @param environment over that of this process; an empty text takes a variable away
   */
  public static Result run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", ".txt");
    Path err = Files.createTempFile("err", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(root().toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().putAll(environment);
      builder.environment().values().removeIf(String::isEmpty);
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("%s did not end".formatted(command));
      }
      return new Result(process.exitValue(), text(out), text(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
