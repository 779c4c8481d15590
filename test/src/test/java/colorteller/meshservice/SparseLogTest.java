package colorteller.meshservice;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.controlplane.ads.Rejection;
import colorteller.controlplane.ads.ResourceType;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ProxyId.Kind;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is said of faults that come up again and again. */
class SparseLogTest {

  private final TestClock clock = new TestClock();
  private final List<String> said = new ArrayList<>();
  private final SparseLog log = new SparseLog(new Recording(), clock);

  @Test
  void causesThatTakeTurnsAreSaidOnceAMinuteWithHowOften() {
    for (int second = 0; second < 60; second++) {
      log.say(Level.WARNING, second % 2 == 0 ? "expired" : "unknown", ", from :" + second);
      clock.pass(Duration.ofSeconds(1));
    }
    assertThat(said).containsExactly("expired, from :0", "unknown, from :1");
    said.clear();
    log.say(Level.WARNING, "expired", ", from :60");
    assertThat(said).containsExactly("expired, from :60; 29 times more since 2026-11-26T12:00:00Z");
  }

  @Test
  void whatComesUpSeldomIsSaidEachTime() {
    for (int minute = 0; minute < 3; minute++) {
      log.say(Level.WARNING, "expired", "");
      clock.pass(SparseLog.QUIET);
    }
    assertThat(said).containsExactly("expired", "expired", "expired");
  }

  @Test
  void whoeverSaysSomethingNewWithEachTryDoesNotFillTheLog() {
    int tries = 20 * SparseLog.MOST_CAUSES;
    IntStream.range(0, tries).forEach(i -> log.say(Level.WARNING, "refused " + i, ""));
    assertThat(said).hasSize(SparseLog.MOST_CAUSES);
    said.clear();
    clock.pass(SparseLog.QUIET);
    log.say(Level.WARNING, "something new", "");
    assertThat(said)
        .containsExactly(
            "something new; and %d times something else".formatted(tries - SparseLog.MOST_CAUSES));
  }

  @Test
  void whoeverIsSaidToBeSomethingLongIsCutAndIsOneLine() {
    log.say(Level.WARNING, "refused: spiffe://a\n2026 INFO serves", "");
    assertThat(said).containsExactly("refused: spiffe://a 2026 INFO serves");
    said.clear();
    log.say(Level.WARNING, "x".repeat(100_000), "");
    assertThat(said).singleElement().asString().hasSize(SparseLog.MOST_CHARACTERS + 1);
  }

  /** Anybody can have a certificate made up. */
  @Test
  void strangersDoNotKeepARejectionOrAFaultFromBeingSaid() {
    Metrics metrics = new Metrics(new Recording(), clock);
    IntStream.range(0, SparseLog.MOST_CAUSES).forEach(i -> metrics.refusedCertificate("CN=" + i));
    said.clear();
    metrics.rejected(
        new Rejection(
            new ProxyId("m", Kind.VIRTUAL_NODE, "red"),
            ResourceType.LISTENER,
            "ingress",
            "1",
            "no",
            clock.instant()));
    metrics.failed(new IllegalStateException("a fault"), "/192.0.2.1:5");
    assertThat(said).hasSize(2);
  }

  private final class Recording implements Logger {

    @Override
    public String getName() {
      return "test";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
      said.add(message);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
      said.add(format);
    }
  }
}
