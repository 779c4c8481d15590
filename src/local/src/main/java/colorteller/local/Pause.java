package colorteller.local;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Between two looks at what only tells when it is asked. */
final class Pause {

  private Pause() {}

  static void briefly() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
  }
}
