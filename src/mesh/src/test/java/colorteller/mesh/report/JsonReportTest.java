package colorteller.mesh.report;

import static org.assertj.core.api.Assertions.assertThat;

import colorteller.mesh.Call;
import colorteller.mesh.Cause;
import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import colorteller.mesh.IpPreference;
import colorteller.mesh.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is written can be read, and {@code matches} takes everything into account. */
class JsonReportTest {

  private static final Expectation RED = new Expectation(Optional.of("red"), List.of(), "Why.");
  private static final Call CALL = Call.of(Protocol.HTTP, 80, "g", "/red");
  private static final Expectation REFUSED =
      new Expectation(
          Optional.empty(), List.of(Cause.LISTENER, Cause.APPLICATION), "It does not listen.");
  private static final Expectation SHARED =
      new Expectation(
          Optional.of("red"),
          List.of(),
          "Shared.",
          List.of(
              new Expectation.Share("red-vn", 0.75, RED),
              new Expectation.Share("blue-vn", 0.25, REFUSED)));
  private static final Observation ANSWERED = Observation.success(200, "red");
  private static final Observation NOT_TAKEN =
      new Observation(
          Optional.empty(), "", Optional.empty(), Set.of(Cause.LISTENER), Optional.empty());
  private static final Observation FAILED =
      new Observation(
          Optional.of(503),
          "upstream",
          Optional.empty(),
          Set.of(Cause.LISTENER, Cause.APPLICATION),
          Optional.empty());
  private static final Observation BROKEN =
      new Observation(
          Optional.of(500), "oh", Optional.empty(), Set.of(), Optional.of("It is broken."));

  @Test
  void whatIsWrittenCanBeRead() {
    JsonReport report =
        new JsonReport(
            List.of(
                new Run(
                    Optional.of("dns"),
                    Optional.of("none"),
                    "m",
                    IpPreference.NONE,
                    Optional.of(Duration.ofMillis(70)),
                    Optional.empty(),
                    List.of(
                        route(RED, ANSWERED, REFUSED, NOT_TAKEN, Optional.of(true)),
                        route(REFUSED, FAILED, REFUSED, NOT_TAKEN, Optional.of(false)),
                        route(RED, BROKEN, REFUSED, NOT_TAKEN, Optional.empty()))),
                new Run(
                    Optional.empty(),
                    Optional.empty(),
                    "m",
                    IpPreference.IPV6_ONLY,
                    Optional.empty(),
                    Optional.of(3),
                    List.of(
                        new RouteResult(
                            "a",
                            Optional.empty(),
                            CALL.withHeader("x-a", Optional.of("b")),
                            Optional.of("other"),
                            Optional.empty(),
                            Optional.empty(),
                            Map.of(IpFamily.IPV4, SHARED),
                            Map.of(),
                            Optional.empty())))),
            Optional.of("An Envoy ended."));
    JsonReport read = JsonReport.read(report.toString());
    assertThat(read.toString()).isEqualTo(report.toString());
    assertThat(read.runs().get(1)).isEqualTo(report.runs().get(1));
    assertThat(read.runs().get(0).routes())
        .extracting(RouteResult::matches)
        .containsExactly(true, true, false);
  }

  @Test
  void healthIsAPartOfWhatMatches() {
    assertThat(route(RED, ANSWERED, Optional.of(true)).matches()).isTrue();
    assertThat(route(RED, ANSWERED, Optional.of(false)).matches()).isFalse();
    assertThat(route(REFUSED, NOT_TAKEN, Optional.of(false)).matches()).isTrue();
    assertThat(route(REFUSED, NOT_TAKEN, Optional.of(true)).matches()).isFalse();
    // A node that is not checked says nothing.
    assertThat(route(RED, ANSWERED, Optional.empty()).matches()).isTrue();
    assertThat(route(REFUSED, NOT_TAKEN, Optional.empty()).matches()).isTrue();
    // The gateway does not listen on IPv6, and checks the node all the same.
    assertThat(route(RED, ANSWERED, REFUSED, NOT_TAKEN, Optional.of(true)).matches()).isTrue();

    assertThat(route(RED, ANSWERED, Optional.of(false)).healthDifference())
        .hasValue("observed health_check.healthy 0 of the Envoy of g, expected 1. Why.");
  }

  @Test
  void oneOfSeveralTargetsIsEnough() {
    assertThat(route(SHARED, ANSWERED, Optional.empty()).matches()).isTrue();
    assertThat(route(SHARED, NOT_TAKEN, Optional.empty()).matches()).isTrue();
    assertThat(route(SHARED, Observation.success(200, "green"), Optional.empty()).matches())
        .isFalse();
  }

  private static RouteResult route(
      Expectation expected, Observation observed, Optional<Boolean> healthy) {
    return route(expected, observed, expected, observed, healthy);
  }

  private static RouteResult route(
      Expectation viaIpv4,
      Observation observedViaIpv4,
      Expectation viaIpv6,
      Observation observedViaIpv6,
      Optional<Boolean> healthy) {
    return new RouteResult(
        "g",
        Optional.of("g"),
        CALL,
        Optional.empty(),
        Optional.of("red-vn"),
        Optional.of("red"),
        Map.of(IpFamily.IPV4, viaIpv4, IpFamily.IPV6, viaIpv6),
        Map.of(IpFamily.IPV4, observedViaIpv4, IpFamily.IPV6, observedViaIpv6),
        healthy);
  }
}
