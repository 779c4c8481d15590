package colorteller.deployment;

import colorteller.mesh.IpFamily;
import java.time.Duration;
import java.util.Map;

/**
 * A Cloud Map service in a private DNS namespace.
 *
 * @param namespace the namespace's name
 * @param name the service's name
 * @param records the families under which instances are registered, with their records' time to
 *     live
 */
public record CloudMapService(String namespace, String name, Map<IpFamily, Duration> records) {

  /** The host name under which DNS knows it. */
  public String host() {
    return name + "." + namespace;
  }

  /** For how long an answer of DNS may be kept; the shortest of its records. */
  public Duration timeToLive() {
    return records.values().stream().min(Duration::compareTo).orElse(Duration.ZERO);
  }
}
