package colorteller.acceptance;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.text.CaseUtils;

/** Invokes a function as Lambda does: its package, in a Java process of its own. */
public final class LambdaPackage {

  /**
   * What came of an invocation.
   *
   * @param output what the function returned
   * @param error the type and the message with which it failed; empty text if it did not
   * @param log what it logged
   */
  public record Result(String output, String error, String log) {}

  private LambdaPackage() {}

  /**
   * Invokes {@code colorteller.<module>.<Module>Handler}.
   *
   * @param module the folder under {@code lambda/}
   */
  public static Result invoke(String module, Map<String, String> environment, String event)
      throws Exception {
    Path folder = Files.createTempDirectory("lambda-");
    Path input = Files.writeString(folder.resolve("event"), event);
    Path output = folder.resolve("output");
    try {
      Command.Result result =
          Command.run(
              environment,
              Command.java(
                  "lambda/%s/target/package/lib/*:test/target/test-classes".formatted(module),
                  Moto.HOSTS_OPTION,
                  Invocation.class.getName(),
                  "colorteller.%s.%sHandler"
                      .formatted(module.replace("-", ""), CaseUtils.toCamelCase(module, true, '-')),
                  input.toString(),
                  output.toString()));
      return new Result(
          Files.exists(output) ? Files.readString(output, StandardCharsets.UTF_8) : "",
          result.status() == 0 ? "" : result.err().strip(),
          result.out());
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }
}
