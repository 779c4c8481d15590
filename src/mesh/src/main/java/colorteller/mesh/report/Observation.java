package colorteller.mesh.report;

import colorteller.mesh.Cause;
import colorteller.mesh.Expectation;
import java.util.Optional;
import java.util.Set;

/**
 * What one request gave.
 *
 * @param status the HTTP status; empty if the first Envoy did not take the connection, and for TCP
 * @param body the body of the response; empty text without a response
 * @param answer what the application answered: the colour, or the name of the node that it stands
 *     behind; empty for an error
 * @param causes of a failure that fit what was seen, empty for a success: one where the Envoys' own
 *     logs tell, more where only the client's view is known
 * @param problem what is wrong with the mesh itself, if something is: such a request matches no
 *     expectation
 */
public record Observation(
    Optional<Integer> status,
    String body,
    Optional<String> answer,
    Set<Cause> causes,
    Optional<String> problem) {

  /** What a request gave whose answer is the body: status 200, and nothing wrong. */
  public static Observation success(int status, String body) {
    return new Observation(
        Optional.of(status), body, Optional.of(body), Set.of(), Optional.empty());
  }

  /** The answer, or {@link Expectation#ERROR}. */
  public String outcome() {
    return answer.orElse(Expectation.ERROR);
  }
}
