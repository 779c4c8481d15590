package colorteller.account;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Calls a function as Lambda's runtime does, in a JVM that has the function's package and nothing
 * else, once for each line that it reads. Arguments: the handler, and a folder for what comes and
 * goes. How an invocation failed, and that it is done, is written to standard error.
 */
final class Invocation implements Context {

  static final String INVOKE = "invoke";
  static final String DONE = "done";
  static final String EVENT = "event";
  static final String OUTPUT = "output";
  static final String LOG = "log";

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[1]);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    RequestStreamHandler handler = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      try (InputStream event = Files.newInputStream(folder.resolve(EVENT));
          OutputStream output = Files.newOutputStream(folder.resolve(OUTPUT))) {
        if (handler == null) {
          handler =
              Class.forName(arguments[0])
                  .asSubclass(RequestStreamHandler.class)
                  .getDeclaredConstructor()
                  .newInstance();
        }
        handler.handleRequest(event, output, new Invocation());
      } catch (InvocationTargetException e) {
        say(e.getCause());
      } catch (RuntimeException e) {
        say(e);
      }
      System.out.flush();
      System.err.println(DONE);
    }
  }

  /** Lambda says no more of an error to whoever invoked the function. */
  private static void say(@Nullable Throwable e) {
    System.err.println(
        e == null ? "it failed" : e.getClass().getSimpleName() + ": " + e.getMessage());
  }

  @Override
  public String getAwsRequestId() {
    return "00000000-0000-0000-0000-000000000001";
  }

  @Override
  public String getLogGroupName() {
    return "/aws/lambda/function";
  }

  @Override
  public String getLogStreamName() {
    return "1";
  }

  @Override
  public String getFunctionName() {
    return "function";
  }

  @Override
  public String getFunctionVersion() {
    return "$LATEST";
  }

  @Override
  public String getInvokedFunctionArn() {
    return "arn:aws:lambda:eu-west-1:123456789012:function:function";
  }

  @Override
  public CognitoIdentity getIdentity() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ClientContext getClientContext() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int getRemainingTimeInMillis() {
    return 60_000;
  }

  @Override
  public int getMemoryLimitInMB() {
    return 512;
  }

  @Override
  public LambdaLogger getLogger() {
    throw new UnsupportedOperationException();
  }
}
