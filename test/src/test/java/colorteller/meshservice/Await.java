package colorteller.meshservice;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process reports. */
public final class Await {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** Whether an answer is as it should be. */
  public interface Check<T> {
    boolean test(T answer) throws Exception;
  }

  private Await() {}

  /** Asks again and again until an answer is as it should be; an error is no answer yet. */
  public static <T> T until(String what, Callable<T> ask, Check<T> should) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    Object last = "nothing";
    while (System.nanoTime() < deadline) {
      try {
        T answer = ask.call();
        if (should.test(answer)) {
          return answer;
        }
        last = answer;
      } catch (Exception e) {
        last = e;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new AssertionError("not %s in %s; last was: %s".formatted(what, LIMIT, last));
  }
}
