package colorteller.mesh;

import java.util.List;
import java.util.Optional;

/**
 * A client policy: how connections to a backend are encrypted.
 *
 * @param enforced whether a connection must be; else it is where the other side can
 * @param ports the ports of the other side that the policy is for; empty for all
 * @param certificate who the client says it is, if it says so
 * @param validation how the other side's certificate is checked
 */
public record ClientTls(
    boolean enforced,
    List<Integer> ports,
    Optional<Certificate> certificate,
    TlsValidation validation) {

  /** Whether it is for connections to a port. */
  public boolean isFor(int port) {
    return ports.isEmpty() || ports.contains(port);
  }
}
