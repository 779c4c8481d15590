package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said of a source that is read every two seconds. */
class SourceTest {

  private static final Logger LOG = Logger.getLogger(Source.class.getName());

  private final TestClock clock = new TestClock();
  private final Source source = new Source("document /test/source", clock);
  private final List<String> said = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          if (line.getMessage().startsWith(source.name())) {
            said.add(line.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(handler);
  }

  @AfterEach
  void listenNoMore() {
    LOG.removeHandler(handler);
  }

  private void pass() {
    clock.pass(Duration.ofSeconds(2));
  }

  @Test
  void aFaultIsSaidOnceHoweverLongItLastsAndWhenItIsOver() {
    source.succeeded();
    for (int round = 0; round < 100; round++) {
      pass();
      source.failed("away");
    }
    assertThat(source.sinceSuccess()).isEqualTo(Duration.ofSeconds(200));
    source.succeeded();
    assertThat(said)
        .containsExactly(
            "document /test/source: away; what was in force stays in force",
            "document /test/source: well again after 200 s");
    assertThat(source.fault()).isEmpty();
  }

  @Test
  void faultsThatTakeTurnsAreSaidOnceAMinute() {
    for (int round = 0; round < 30; round++) {
      source.failed(round % 2 == 0 ? "throttles" : "does not answer");
      pass();
    }
    assertThat(said).hasSize(2);
    source.failed("throttles");
    assertThat(said)
        .hasSize(3)
        .last()
        .isEqualTo(
            "document /test/source: throttles; what was in force stays in force; 14 times more since 2026-11-26T12:00:00Z");
  }

  @Test
  void oneThatComesAndGoesIsSaidOnceAMinute() {
    for (int round = 0; round < 30; round++) {
      source.failed("throttles");
      pass();
      source.succeeded();
    }
    assertThat(said).hasSize(2);
  }
}
