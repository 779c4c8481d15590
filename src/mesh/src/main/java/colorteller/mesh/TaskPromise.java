package colorteller.mesh;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a task's definition promises by the environment of its containers: to its Envoy, which proxy
 * it is; to its application, what to answer and where to listen. Whoever runs the task keeps it,
 * and whoever reads the definition relies on it.
 *
 * @param containers their environments; a setting is read from the first container that has it
 */
public record TaskPromise(List<Map<String, String>> containers) {

  /** Tells an Envoy which proxy it is: App Mesh's own name. */
  public static final String PROXY = "APPMESH_RESOURCE_ARN";

  /** Tells the application what to answer. */
  public static final String ANSWER = "COLOR";

  /** Tells the application on which families to listen, as {@link IpFamily#word} spells them. */
  public static final String FAMILIES = "IP_FAMILY";

  /** Tells the application at which port to listen. */
  public static final String PORT = "PORT";

  /** All of them. */
  public static final Set<String> SETTINGS = Set.of(PROXY, ANSWER, FAMILIES, PORT);

  /** The environment of an Envoy. */
  public static Map<String, String> toEnvoy(ProxyId proxy) {
    return Map.of(PROXY, proxy.toString());
  }

  /** The environment of an application, in an order that stays. */
  public static Map<String, String> toApplication(int port, String answer, Set<IpFamily> families) {
    return new TreeMap<>(
        Map.of(PORT, Integer.toString(port), ANSWER, answer, FAMILIES, IpFamily.word(families)));
  }

  /** The proxy that the task's Envoy is; empty if it has none, or one of no mesh. */
  public Optional<ProxyId> proxy() {
    return setting(containers, PROXY).flatMap(ProxyId::parse);
  }

  /** A setting of the task's application. */
  public Optional<String> ofApplication(String name) {
    return setting(
        containers.stream()
            .filter(container -> container.containsKey(ANSWER) && !container.containsKey(PROXY))
            .limit(1)
            .toList(),
        name);
  }

  /**
   * What runs in the task.
   *
   * @param discovery the families under which it can be discovered
   * @param missing the error that says that no container has a setting
   * @throws IllegalArgumentException if the families are none, as {@link IpFamily#parse} says it
   */
  public Workload workload(Set<IpFamily> discovery, Function<String, RuntimeException> missing) {
    String families = ofApplication(FAMILIES).orElseThrow(() -> missing.apply(FAMILIES));
    String answer = ofApplication(ANSWER).orElseThrow(() -> missing.apply(ANSWER));
    return new Workload(discovery, IpFamily.parse(families), answer);
  }

  private static Optional<String> setting(List<Map<String, String>> containers, String name) {
    return containers.stream().flatMap(c -> Stream.ofNullable(c.get(name))).findFirst();
  }
}
