package colorteller.mesh;

import java.util.Set;

/**
 * What runs behind a virtual node.
 *
 * @param discovery the families under which it can be discovered: A records, AAAA records or both
 * @param application the families on which the application listens
 * @param answer what the application answers to {@code GET /}: the colour
 */
public record Workload(Set<IpFamily> discovery, Set<IpFamily> application, String answer) {}
