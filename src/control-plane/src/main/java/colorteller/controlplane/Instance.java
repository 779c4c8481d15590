package colorteller.controlplane;

import colorteller.mesh.IpFamily;
import java.util.Map;

/**
 * One instance that is registered with a Cloud Map service.
 *
 * @param addresses its address in each family in which it is registered
 */
public record Instance(Map<IpFamily, String> addresses) {}
