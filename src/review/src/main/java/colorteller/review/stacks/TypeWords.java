package colorteller.review.stacks;

import static java.util.stream.Collectors.joining;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Types of resources in a person's words. */
public final class TypeWords {

  /** Names of services that a person would not recognize in a type. */
  private static final Map<String, String> SERVICES =
      Map.of(
          "AppMesh", "App Mesh",
          "ElasticLoadBalancingV2", "load balancer's",
          "ServiceDiscovery", "Cloud Map",
          "Logs", "CloudWatch");

  private TypeWords() {}

  /** Such as {@code ECS task definition} for {@code AWS::ECS::TaskDefinition}. */
  public static String of(String type) {
    String[] parts = type.split("::", -1);
    String name = parts[parts.length - 1];
    if (name.equals("LoadBalancer")) {
      return "load balancer";
    }
    String words =
        Stream.of(name.split("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", -1))
            .map(word -> word.matches("[A-Z]{2,}") ? word : word.toLowerCase(Locale.ROOT))
            .collect(joining(" "));
    return parts.length < 3 ? words : SERVICES.getOrDefault(parts[1], parts[1]) + " " + words;
  }
}
