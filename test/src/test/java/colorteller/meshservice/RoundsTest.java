package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RoundsTest {

  @Test
  void anErrorEndsNoRoundsAndIsAFault() throws Exception {
    CountDownLatch second = new CountDownLatch(2);
    try (Rounds rounds = new Rounds(1, new TestClock())) {
      rounds.every(
          "tests",
          Duration.ofMillis(1),
          () -> {
            second.countDown();
            throw new NoClassDefFoundError("test");
          });
      assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(rounds.sources().findFirst().orElseThrow().fault())
          .hasValue("a fault of the control plane: java.lang.NoClassDefFoundError: test");
    }
  }
}
