package colorteller.mesh.report;

import static java.util.stream.Collectors.joining;

import colorteller.mesh.Cause;
import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Request;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One request, through each address of its gateway.
 *
 * @param request the request
 * @param color what the node's application answers; empty where no node is behind the path
 * @param expected what it should give, by the family of the gateway's address
 * @param observed what it gave, likewise; empty if nothing was run
 * @param healthy whether the gateway's Envoy counts the node as healthy; empty if it does not check
 */
public record RouteResult(
    Request request,
    Optional<String> color,
    Map<IpFamily, Expectation> expected,
    Map<IpFamily, Observation> observed,
    Optional<Boolean> healthy) {

  public Expectation expected(IpFamily entry) {
    return Objects.requireNonNull(expected.get(entry));
  }

  public Optional<Observation> observed(IpFamily entry) {
    return Optional.ofNullable(observed.get(entry));
  }

  /** Whether everything that was observed is what was expected. */
  public boolean matches() {
    return observed.keySet().stream().allMatch(this::matches);
  }

  /** Whether outcome and first cause agree. Only the first cause of an error can be observed. */
  public boolean matches(IpFamily entry) {
    Expectation expectation = expected(entry);
    return observed(entry)
        .filter(o -> o.problem().isEmpty())
        .filter(o -> o.outcome().equals(expectation.outcome()))
        .filter(
            o ->
                expectation.causes().isEmpty()
                    ? o.causes().isEmpty()
                    : o.causes().contains(expectation.causes().get(0)))
        .isPresent();
  }

  /** What was observed and should not have been, and why, for a person; empty if nothing was. */
  public Optional<String> difference(IpFamily entry) {
    return matches(entry)
        ? Optional.empty()
        : observed(entry)
            .map(
                o ->
                    o.problem()
                        .orElseGet(
                            () ->
                                "observed %s, expected %s. %s"
                                    .formatted(
                                        was(o), should(entry), expected(entry).explanation())));
  }

  /** What should be answered, or why nothing should be, in a word. */
  public String should(IpFamily entry) {
    Expectation expectation = expected(entry);
    return expectation
        .answer()
        .orElseGet(
            () -> expectation.causes().stream().findFirst().map(Cause::word).orElse("error"));
  }

  /** What was answered, or why nothing was, in a word or two. */
  public static String was(Observation observation) {
    if (observation.problem().isPresent()) {
      return "broken";
    }
    return observation.causes().isEmpty()
        ? observation.outcome()
        : observation.causes().stream().sorted().map(Cause::word).collect(joining(" or "));
  }
}
