package colorteller.deployment;

import colorteller.mesh.IpFamily;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An application load balancer.
 *
 * @param name its logical id
 * @param families the families that it takes requests in
 * @param subnets the ids of the subnets that it is in
 * @param groups the ids of its security groups
 * @param listeners the id of the target group behind each of its ports
 * @param targetGroups by id
 */
public record LoadBalancer(
    String name,
    Set<IpFamily> families,
    List<String> subnets,
    Set<String> groups,
    Map<Integer, String> listeners,
    Map<String, TargetGroup> targetGroups) {

  /**
   * A target group of addresses.
   *
   * @param name its name
   * @param family the family of its targets' addresses
   * @param port the targets' port
   * @param check how targets are checked
   * @param deregistrationDelay from the deregistration of a target until its task may stop
   */
  public record TargetGroup(
      String name, IpFamily family, int port, Check check, Duration deregistrationDelay) {}

  /**
   * A health check of a target group.
   *
   * @param path what is asked for
   * @param codes the HTTP statuses that pass
   * @param interval from one check to the next
   * @param timeout after which an unanswered check has failed
   * @param healthyThreshold how many in a row must pass
   * @param unhealthyThreshold how many in a row must fail
   */
  public record Check(
      String path,
      Set<Integer> codes,
      Duration interval,
      Duration timeout,
      int healthyThreshold,
      int unhealthyThreshold) {}
}
