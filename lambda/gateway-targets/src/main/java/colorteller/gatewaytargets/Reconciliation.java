package colorteller.gatewaytargets;

import static software.amazon.lambda.powertools.logging.argument.StructuredArguments.entry;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
  private final GatewayTargetsEnvironment configuration;
  private final Runnable settle;

  /**
   * Creates it.
   *
   * @param settle waits until ECS's answers are younger than the call
   */
  Reconciliation(
      EcsClient ecs,
      ElasticLoadBalancingV2Client loadBalancing,
      GatewayTargetsEnvironment configuration,
      Runnable settle) {
    this.ecs = ecs;
    this.loadBalancing = loadBalancing;
    this.configuration = configuration;
    this.settle = settle;
  }

  /**
   * Safe beside other runs of itself, and with an ECS that answers late.
   *
   * @return how many running tasks have no IPv6 address
   */
  int run() {
    List<TargetDescription> targets = targets();
    Set<InetAddress> present = new HashSet<>();
    targets.stream().filter(this::hasOurPort).forEach(t -> present.add(Ipv6.parse(t.id())));

    RunningTasks tasks = tasks();
    warn(tasks.withoutIpv6());
    register(tasks, present);
    if (!stale(targets, tasks).isEmpty()) {
      // ECS may answer with what was a moment ago. So what looks stale is looked at again, with an
      // answer that is younger than the targets: a task that was registered and has stopped by then
      // never runs again, whatever other runs do meanwhile.
      settle.run();
      tasks = tasks();
      register(tasks, present);
      deregister(stale(targets, tasks));
    }
    return tasks.withoutIpv6().size();
  }

  private RunningTasks tasks() {
    return RunningTasks.of(ecs, configuration.cluster(), configuration.service());
  }

  private boolean hasOurPort(TargetDescription target) {
    return Objects.equals(target.port(), configuration.port());
  }

  private List<TargetDescription> stale(List<TargetDescription> targets, RunningTasks tasks) {
    return targets.stream()
        .filter(t -> !hasOurPort(t) || !tasks.staying().contains(Ipv6.parse(t.id())))
        .toList();
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

  /** Registers what is not present, and says so in {@code present}. */
  private void register(RunningTasks tasks, Set<InetAddress> present) {
    Map<InetAddress, String> missing = new LinkedHashMap<>(tasks.addresses());
    missing.keySet().removeAll(present);
    if (!missing.isEmpty()) {
      List<TargetDescription> targets =
          missing.values().stream()
              .map(a -> TargetDescription.builder().id(a).port(configuration.port()).build())
              .toList();
      loadBalancing.registerTargets(
          request -> request.targetGroupArn(configuration.targetGroupArn()).targets(targets));
      LOG.info("Registered targets", entry("registered", List.copyOf(missing.values())));
      present.addAll(missing.keySet());
    }
    if (!tasks.unknown().isEmpty()) {
      throw new IllegalStateException(
          "ECS did not describe %s, so no target was deregistered".formatted(tasks.unknown()));
    }
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
