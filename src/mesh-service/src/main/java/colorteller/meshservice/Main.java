package colorteller.meshservice;

import colorteller.controlplane.WithoutRedirection;
import java.io.IOException;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** Starts the service, as its environment says. Ends with 2 if that cannot be used. */
public final class Main {

  private static final int UNUSABLE = 2;

  private Main() {}

  public static void main(String[] arguments) throws InterruptedException {
    // Numbers have a point, whatever this machine's language.
    Locale.setDefault(Locale.ROOT);
    try {
      MeshService service =
          new MeshService(
              Settings.of(System.getenv()), WithoutRedirection::new, System.out, Clock.systemUTC());
      Runtime.getRuntime().addShutdownHook(new Thread(service::close, "end"));
      new CountDownLatch(1).await();
    } catch (UnusableSettings e) {
      System.err.println(e.getMessage());
      System.exit(UNUSABLE);
    } catch (IOException e) {
      System.err.println("CONTROL_PLANE_ADMIN cannot be listened at: " + e.getMessage());
      System.exit(UNUSABLE);
    }
  }
}
