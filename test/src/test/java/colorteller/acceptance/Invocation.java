package colorteller.acceptance;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Calls a function as Lambda's runtime does, in a JVM that has the function's package and nothing
 * else. Arguments: the handler, a file with the event, a file for what the function returns.
 */
final class Invocation implements Context {

  public static void main(String[] arguments) throws Exception {
    try (InputStream event = Files.newInputStream(Path.of(arguments[1]));
        OutputStream output = Files.newOutputStream(Path.of(arguments[2]))) {
      ((RequestStreamHandler) Class.forName(arguments[0]).getDeclaredConstructor().newInstance())
          .handleRequest(event, output, new Invocation());
    } catch (InvocationTargetException e) {
      fail(e.getCause());
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Lambda says no more of an error to whoever invoked the function. */
  private static void fail(Throwable e) {
    System.err.println(e.getClass().getSimpleName() + ": " + e.getMessage());
    System.exit(1);
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
