package colorteller.mesh.report;

import colorteller.mesh.Cause;
import colorteller.mesh.Expectation;
import java.util.Optional;
import java.util.Set;

/**
 * What one request gave.
 *
 * @param status the HTTP status; empty if the gateway did not take the connection
 * @param body the body of the response; empty text without a response
 * @param causes of a failure that fit what was seen, empty for a success: one where the Envoys' own
 *     logs tell, more where only the client's view is known
 * @param problem what is wrong with the mesh itself, if something is: such a request matches no
 *     expectation
 */
public record Observation(
    Optional<Integer> status, String body, Set<Cause> causes, Optional<String> problem) {

  /** The body of a request that succeeded, or {@link Expectation#ERROR}. */
  public String outcome() {
    return status.filter(code -> code == 200).map(code -> body).orElse(Expectation.ERROR);
  }
}
