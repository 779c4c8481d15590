package colorteller.acceptance;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What Lambda's runtime does with a handler. It sees nothing but the function's package, so it
 * knows Lambda's interfaces by name only.
 */
public final class InvokeHandler {

  private InvokeHandler() {}

  /** Arguments: the handler's class, a file with the event, a file for the output. */
  public static void main(String[] arguments) throws Exception {
    try {
      Object handler = Class.forName(arguments[0]).getConstructor().newInstance();
      Class<?> contextType = Class.forName("com.amazonaws.services.lambda.runtime.Context");
      Object context =
          Proxy.newProxyInstance(
              InvokeHandler.class.getClassLoader(),
              new Class<?>[] {contextType},
              (proxy, method, args) -> {
                if (method.getReturnType() == String.class) {
                  return method.getName().equals("getInvokedFunctionArn")
                      ? "arn:aws:lambda:eu-west-1:123456789012:function:f:live"
                      : "test";
                }
                return method.getReturnType() == int.class ? (Object) 60_000 : null;
              });
      try (InputStream in = Files.newInputStream(Path.of(arguments[1]));
          OutputStream out = Files.newOutputStream(Path.of(arguments[2]))) {
        Arrays.stream(handler.getClass().getMethods())
            .filter(method -> method.getName().equals("handleRequest"))
            .findFirst()
            .orElseThrow()
            .invoke(handler, in, out, context);
      }
    } catch (InvocationTargetException e) {
      System.err.println(e.getCause().getMessage());
      System.exit(1);
    }
  }
}
