package colorteller.acceptance;

import colorteller.account.FunctionProcess;
import colorteller.account.FunctionProcess.Result;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A function's package, told what this process is told and more, with moto's host names. */
public final class LambdaPackage implements AutoCloseable {

  private final FunctionProcess function;

  /**
   * Starts it.
   *
   * @param module the folder under {@code lambda/}
   * @param environment over that of this process; an empty text takes a variable away
   */
  public LambdaPackage(String module, Map<String, String> environment) throws IOException {
    Map<String, String> all = new HashMap<>(System.getenv());
    all.putAll(environment);
    all.values().removeIf(String::isEmpty);
    function =
        new FunctionProcess(
            Command.root(),
            module,
            all,
            Moto.HOSTS_OPTION,
            "-XX:+UseSerialGC",
            "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
  }

  /** Invokes a function once, in a process that ends with it. */
  public static Result invoke(String module, Map<String, String> environment, String event)
      throws IOException {
    try (LambdaPackage function = new LambdaPackage(module, environment)) {
      return function.invoke(event);
    }
  }

  public Result invoke(String event) throws IOException {
    return function.invoke(event);
  }

  @Override
  public void close() {
    function.close();
  }
}
