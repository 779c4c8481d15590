package colorteller.cost;

import java.util.Map;

/** What AWS's own walkthrough deployed, for comparison: every task with 4 vCPU and 8 GB. */
public final class Original {

  private static final Map<String, Bill> BY_STACK =
      Map.of(
          "-vpc", new Bill(Map.of(Price.NAT_GATEWAY, 2.0, Price.PUBLIC_IPV4, 2.0)),
          "-ecs-cluster",
              new Bill(
                  Map.of(
                      Price.T2_MICRO, 1.0,
                      Price.VOLUME_GB, 8.0,
                      Price.PUBLIC_IPV4, 1.0,
                      Price.HOSTED_ZONE, 2.0)),
          "-ecs-service",
              new Bill(
                  Map.of(
                      Price.FARGATE_VCPU,
                      7 * 4.0,
                      Price.FARGATE_GB,
                      7 * 8.0,
                      Price.NETWORK_LB,
                      1.0,
                      Price.PUBLIC_IPV4,
                      2.0)));

  private Original() {}

  /** Of the stack that takes the place of {@code stackName}. */
  public static Bill of(String stackName) {
    return BY_STACK.entrySet().stream()
        .filter(entry -> stackName.endsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(Bill.NOTHING);
  }
}
