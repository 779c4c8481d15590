package colorteller.gatewaytargets;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the function's environment says.
 *
 * @param cluster name or ARN
 * @param service name
 * @param port on which the tasks are reached
 */
record Configuration(String cluster, String service, String targetGroupArn, int port) {

  static Configuration of(Map<String, String> environment) {
    List<String> missing =
        Stream.of("CLUSTER", "SERVICE", "TARGET_GROUP_ARN", "PORT")
            .filter(name -> environment.getOrDefault(name, "").isBlank())
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "The function's environment lacks " + String.join(", ", missing));
    }
    return new Configuration(
        environment.getOrDefault("CLUSTER", ""),
        environment.getOrDefault("SERVICE", ""),
        environment.getOrDefault("TARGET_GROUP_ARN", ""),
        port(environment.getOrDefault("PORT", "")));
  }

  private static int port(String text) {
    int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("PORT is '%s'; allowed is 1 to 65535".formatted(text));
    }
    return port;
  }
}
