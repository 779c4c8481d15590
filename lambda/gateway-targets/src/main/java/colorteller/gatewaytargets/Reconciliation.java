package colorteller.gatewaytargets;

import static software.amazon.lambda.powertools.logging.argument.StructuredArguments.entry;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;

/** Makes the target group hold the addresses of the running tasks, and nothing else. */
final class Reconciliation {

  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

  private final EcsClient ecs;
  private final ElasticLoadBalancingV2Client loadBalancing;
  private final Configuration configuration;

  Reconciliation(
      EcsClient ecs, ElasticLoadBalancingV2Client loadBalancing, Configuration configuration) {
    this.ecs = ecs;
    this.loadBalancing = loadBalancing;
    this.configuration = configuration;
  }

  /**
   * Safe beside other runs of itself.
   *
   * @return how many running tasks have no IPv6 address
   */
  int run() {
    // The targets first, then the tasks. A task that has stopped never runs again; so an address
    // that was a target before the tasks were read, and is of no running task, has left for good,
    // whatever other runs do meanwhile.
    List<TargetDescription> targets = targets();
    RunningTasks tasks = RunningTasks.of(ecs, configuration.cluster(), configuration.service());
    warn(tasks.withoutIpv6());

    Map<InetAddress, String> missing = new LinkedHashMap<>(tasks.addresses());
    List<TargetDescription> stale = new ArrayList<>();
    for (TargetDescription target : targets) {
      InetAddress address = Ipv6.parse(target.id());
      if (tasks.addresses().containsKey(address)
          && Objects.equals(target.port(), configuration.port())) {
        missing.remove(address);
      } else {
        stale.add(target);
      }
    }
    register(List.copyOf(missing.values()));
    if (!tasks.unknown().isEmpty()) {
      throw new IllegalStateException(
          "ECS did not describe %s, so no target was deregistered".formatted(tasks.unknown()));
    }
    deregister(stale);
    return tasks.withoutIpv6().size();
  }

  /** One that drains is leaving already; a task that needs it registers it again. */
  private List<TargetDescription> targets() {
    return loadBalancing
        .describeTargetHealth(request -> request.targetGroupArn(configuration.targetGroupArn()))
        .targetHealthDescriptions()
        .stream()
        .filter(target -> target.targetHealth().state() != TargetHealthStateEnum.DRAINING)
        .map(TargetHealthDescription::target)
        .toList();
  }

  private void register(List<String> addresses) {
    if (addresses.isEmpty()) {
      return;
    }
    List<TargetDescription> targets =
        addresses.stream()
            .map(
                address ->
                    TargetDescription.builder().id(address).port(configuration.port()).build())
            .toList();
    loadBalancing.registerTargets(
        request -> request.targetGroupArn(configuration.targetGroupArn()).targets(targets));
    LOG.info("Registered targets", entry("registered", addresses));
  }

  private void deregister(List<TargetDescription> targets) {
    if (targets.isEmpty()) {
      return;
    }
    loadBalancing.deregisterTargets(
        request -> request.targetGroupArn(configuration.targetGroupArn()).targets(targets));
    LOG.info(
        "Deregistered targets",
        entry(
            "deregistered",
            targets.stream()
                .map(target -> "[%s]:%d".formatted(target.id(), target.port()))
                .toList()));
  }

  private void warn(List<String> withoutIpv6) {
    if (!withoutIpv6.isEmpty()) {
      LOG.warn(
          "Tasks run without an IPv6 address, so no request can reach them by IPv6. To fix it: aws ecs put-account-setting-default --name dualStackIPv6 --value enabled; then a new deployment: aws ecs update-service --cluster {} --service {} --force-new-deployment",
          configuration.cluster(),
          configuration.service(),
          entry("withoutIpv6", withoutIpv6));
    }
  }
}
