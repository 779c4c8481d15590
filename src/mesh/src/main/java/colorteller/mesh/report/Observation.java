package colorteller.mesh.report;

import colorteller.mesh.Cause;
import java.util.Optional;

/**
 * What one request gave.
 *
 * @param status the HTTP status; empty if the gateway did not take the connection
 * @param body the body of the response; empty text without a response
 * @param cause of a failure, from what the Envoys say; empty for a success
 * @param problem what is wrong with the mesh itself, if something is: such a request matches no
 *     expectation
 */
public record Observation(
    Optional<Integer> status, String body, Optional<Cause> cause, Optional<String> problem) {

  /** The body of a request that succeeded, or {@code error}. */
  public String outcome() {
    return status.filter(code -> code == 200).map(code -> body).orElse("error");
  }
}
