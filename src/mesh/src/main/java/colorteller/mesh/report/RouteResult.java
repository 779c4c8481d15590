package colorteller.mesh.report;

import static java.util.stream.Collectors.joining;

import colorteller.mesh.Call;
import colorteller.mesh.Cause;
import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One request, through each address of its gateway.
 *
 * @param from the name of the virtual gateway or virtual node whose Envoy takes it first
 * @param gateway the virtual gateway's name; empty where a node sends
 * @param call what is asked
 * @param misses the name of the route that it only just misses; empty for one that is to match
 * @param node the name of the virtual node that its route ends at; empty where none does
 * @param color what the node's application answers; empty where no node is behind the path
 * @param expected what it should give, by the family of the gateway's address; of a node that
 *     sends, by IPv4 only
 * @param observed what it gave, likewise; empty if nothing was run
 * @param healthy whether that first Envoy counts the node as healthy; empty if it does not check,
 *     or several nodes share such requests
 */
public record RouteResult(
    String from,
    Optional<String> gateway,
    Call call,
    Optional<String> misses,
    Optional<String> node,
    Optional<String> color,
    Map<IpFamily, Expectation> expected,
    Map<IpFamily, Observation> observed,
    Optional<Boolean> healthy) {

  public String path() {
    return call.path();
  }

  public Expectation expected(IpFamily entry) {
    return Objects.requireNonNull(expected.get(entry));
  }

  public Optional<Observation> observed(IpFamily entry) {
    return Optional.ofNullable(observed.get(entry));
  }

  /** Whether everything that was observed is what was expected. */
  public boolean matches() {
    return observed.keySet().stream().allMatch(this::matches) && healthDifference().isEmpty();
  }

  /** Whether outcome and first cause agree. Only the first cause of an error can be observed. */
  public boolean matches(IpFamily entry) {
    return observed(entry)
        .filter(o -> o.problem().isEmpty())
        .filter(o -> expected(entry).possible().stream().anyMatch(e -> agree(e, o)))
        .isPresent();
  }

  private static boolean agree(Expectation expected, Observation observed) {
    return observed.outcome().equals(expected.outcome())
        && (expected.causes().isEmpty()
            ? observed.causes().isEmpty()
            : observed.causes().contains(expected.causes().get(0)));
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

  /** Whether the first Envoy should count the node as healthy: its checks go as requests do. */
  public boolean shouldBeHealthy() {
    // On IPv4 every gateway listens: nothing but the node decides.
    // A fault that an application is told to have is not for health checks.
    return expected(IpFamily.IPV4).causes().isEmpty();
  }

  /** How the first Envoy counts the node and should not, for a person; empty if it should. */
  public Optional<String> healthDifference() {
    return healthy
        .filter(is -> is != shouldBeHealthy())
        .map(
            is ->
                "observed health_check.healthy %d of the Envoy of %s, expected %d. %s"
                    .formatted(
                        is ? 1 : 0, from, is ? 0 : 1, expected(IpFamily.IPV4).explanation()));
  }

  /** What should be answered, or why nothing should be, in a word. */
  public String should(IpFamily entry) {
    Expectation expectation = expected(entry);
    return expectation
        .answer()
        .orElseGet(
            () ->
                expectation.causes().stream()
                    .findFirst()
                    .map(Cause::word)
                    .orElse(Expectation.ERROR));
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
