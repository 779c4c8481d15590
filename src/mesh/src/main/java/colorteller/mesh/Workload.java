package colorteller.mesh;

import java.util.Optional;
import java.util.Set;

/**
 * What runs behind a virtual node.
 *
 * @param discovery the families under which it can be discovered: A records, AAAA records or both
 * @param application the families on which the application listens
 * @param answer what the application answers: the colour, or the node's name
 * @param standIn how the application fails that stands in for the real one; empty for the real one
 */
public record Workload(
    Set<IpFamily> discovery, Set<IpFamily> application, String answer, Optional<Fault> standIn) {

  /** The real application. */
  public Workload(Set<IpFamily> discovery, Set<IpFamily> application, String answer) {
    this(discovery, application, answer, Optional.empty());
  }
}
