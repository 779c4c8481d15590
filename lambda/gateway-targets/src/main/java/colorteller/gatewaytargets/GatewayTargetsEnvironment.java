package colorteller.gatewaytargets;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the function's environment says.
 *
 * @param cluster name or ARN
 * @param service name
 * @param port on which the tasks are reached
 * @param settle how late ECS's answers may be
 */
record GatewayTargetsEnvironment(
    String cluster, String service, String targetGroupArn, int port, Duration settle) {

  static GatewayTargetsEnvironment of(Map<String, String> environment) {
    List<String> missing =
        Stream.of("CLUSTER", "SERVICE", "TARGET_GROUP_ARN", "PORT", "SETTLE_SECONDS")
            .filter(name -> environment.getOrDefault(name, "").isBlank())
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "The function's environment lacks " + String.join(", ", missing));
    }
    return new GatewayTargetsEnvironment(
        environment.getOrDefault("CLUSTER", ""),
        environment.getOrDefault("SERVICE", ""),
        environment.getOrDefault("TARGET_GROUP_ARN", ""),
        number(environment, "PORT", 1, 65535),
        Duration.ofSeconds(number(environment, "SETTLE_SECONDS", 0, 30)));
  }

  private static int number(Map<String, String> environment, String name, int from, int to) {
    String text = environment.getOrDefault(name, "");
    int number = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
    if (number < from || number > to) {
      throw new IllegalArgumentException(
          "%s is '%s'; allowed is %d to %d".formatted(name, text, from, to));
    }
    return number;
  }
}
