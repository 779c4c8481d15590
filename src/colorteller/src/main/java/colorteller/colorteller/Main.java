package colorteller.colorteller;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/**
 * Starts the application from its environment: {@code PORT} (1 to 65535), {@code COLOR} (what it
 * answers) and {@code IP_FAMILY} ({@code ipv4}, {@code ipv6} or {@code dual}). A wrong setting ends
 * it with one line and status 2; SIGTERM ends it after the requests that it is answering.
 */
public final class Main {

  private static final int GRACE_SECONDS = 2;

  private Main() {}

  public static void main(String[] arguments) {
    try {
      Map<String, String> environment = System.getenv();
      int port = port(setting(environment, "PORT", "a port from 1 to 65535"));
      String color = setting(environment, "COLOR", "the colour to answer, such as red");
      IpFamilies families = families(setting(environment, "IP_FAMILY", "ipv4, ipv6 or dual"));
      ColorTeller teller = start(port, color, families);
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> teller.stopGracefully(GRACE_SECONDS), "shutdown"));
      System.out.printf("%s listens on port %d of %s%n", color, port, families.addresses());
      Thread.currentThread().join();
    } catch (IllegalArgumentException e) {
      System.err.println("colorteller: " + e.getMessage());
      System.exit(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ColorTeller start(int port, String color, IpFamilies families) {
    try {
      return ColorTeller.start(port, color, families);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "PORT %d cannot be used on %s: %s; stop what uses it, or choose another port"
              .formatted(port, families.addresses(), e.getMessage()),
          e);
    }
  }

  private static String setting(Map<String, String> environment, String name, String allowed) {
    String value = Objects.requireNonNullElse(environment.get(name), "");
    if (value.isBlank()) {
      throw new IllegalArgumentException("%s is not set; set it to %s".formatted(name, allowed));
    }
    return value;
  }

  private static int port(String value) {
    // At most five digits, so that parsing cannot fail.
    int port = value.matches("[0-9]{1,5}") ? Integer.parseInt(value) : 0;
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          "PORT '%s' is not allowed; allowed is a port from 1 to 65535".formatted(value));
    }
    return port;
  }

  private static IpFamilies families(String value) {
    try {
      return IpFamilies.parse(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("IP_FAMILY " + e.getMessage(), e);
    }
  }
}
