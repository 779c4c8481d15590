package colorteller.deployment;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a task on ECS is.
 *
 * @param containers in the template's order
 * @param proxy how the task's connections are redirected to its Envoy; empty where they are not
 */
public record TaskDefinition(List<Container> containers, Optional<ProxyConfiguration> proxy) {

  /**
   * A container of a task.
   *
   * @param name its name
   * @param image its image
   * @param environment its environment variables
   * @param secrets the SSM parameters whose values ECS adds to these, by the variables' names
   * @param healthCheck the command that tells whether it is healthy; empty where none is asked
   * @param startsAfter the names of the containers that must be healthy before it starts
   * @param stopTimeout from SIGTERM until it is killed
   */
  public record Container(
      String name,
      String image,
      Map<String, String> environment,
      Map<String, String> secrets,
      List<String> healthCheck,
      Set<String> startsAfter,
      Duration stopTimeout) {}

  /**
   * App Mesh's redirection of a task's connections, as ECS makes it.
   *
   * @param container the name of the Envoy's container
   * @param ingressPort where connections to the application's ports go
   * @param egressPort where the application's own connections go
   * @param appPorts the application's ports
   * @param egressIgnoredIps addresses to which connections are left alone
   * @param ignoredUid the user whose connections are left alone: the Envoy's
   */
  public record ProxyConfiguration(
      String container,
      int ingressPort,
      int egressPort,
      Set<Integer> appPorts,
      List<String> egressIgnoredIps,
      int ignoredUid) {}
}
