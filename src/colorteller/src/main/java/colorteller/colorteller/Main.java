package colorteller.colorteller;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Starts the application from its environment: {@code PORT} (1 to 65535), {@code COLOR} (what it
 * answers), {@code IP_FAMILY} ({@code ipv4}, {@code ipv6} or {@code dual}), and {@code
 * STOP_AFTER_SECONDS} (0 to 100, by default 0). A wrong setting ends it with one line and status 2.
 *
 * <p>SIGTERM lets its health check fail, so that whoever sends to it looks for another; it goes on
 * answering for {@code STOP_AFTER_SECONDS}, and ends after the requests that it is answering then.
 */
public final class Main {

  private static final int GRACE_SECONDS = 2;

  /** ECS kills what has not ended after 120 s. */
  private static final int MOST_STOP_AFTER_SECONDS = 100;

  private Main() {}

  public static void main(String[] arguments) {
    try {
      Map<String, String> environment = System.getenv();
      int port = port(setting(environment, "PORT", "a port from 1 to 65535"));
      String color = setting(environment, "COLOR", "the colour to answer, such as red");
      IpFamilies families = families(setting(environment, "IP_FAMILY", "ipv4, ipv6 or dual"));
      int stopAfterSeconds = stopAfterSeconds(environment.getOrDefault("STOP_AFTER_SECONDS", "0"));
      ColorTeller teller = start(port, color, families);
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> shutDown(teller, stopAfterSeconds), "shutdown"));
      System.out.printf("%s listens on port %d of %s%n", color, port, families.addresses());
      Thread.currentThread().join();
    } catch (IllegalArgumentException e) {
      System.err.println("colorteller: " + e.getMessage());
      System.exit(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void shutDown(ColorTeller teller, int stopAfterSeconds) {
    teller.leave();
    try {
      TimeUnit.SECONDS.sleep(stopAfterSeconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    teller.stopGracefully(GRACE_SECONDS);
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

  private static int stopAfterSeconds(String value) {
    int seconds = value.matches("[0-9]{1,3}") ? Integer.parseInt(value) : -1;
    if (seconds < 0 || seconds > MOST_STOP_AFTER_SECONDS) {
      throw new IllegalArgumentException(
          "STOP_AFTER_SECONDS '%s' is not allowed; allowed is 0 to %d"
              .formatted(value, MOST_STOP_AFTER_SECONDS));
    }
    return seconds;
  }

  private static IpFamilies families(String value) {
    try {
      return IpFamilies.parse(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("IP_FAMILY " + e.getMessage(), e);
    }
  }
}
