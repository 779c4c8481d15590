package colorteller.infra;

import colorteller.constructs.JavaFunction;
import colorteller.mesh.WalkthroughPorts;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Names;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.cloudwatch.ComparisonOperator;
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.ICluster;
import software.amazon.awscdk.services.elasticloadbalancingv2.ApplicationTargetGroup;
import software.amazon.awscdk.services.events.EventPattern;
import software.amazon.awscdk.services.events.Rule;
import software.amazon.awscdk.services.events.Schedule;
import software.amazon.awscdk.services.events.targets.LambdaFunction;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.constructs.Construct;

/**
 * Keeps the IPv6 target group at the addresses of the gateway's running tasks, which ECS does for
 * IPv4 only: Step 9 of the walkthrough, done by a function whenever a task changes, and every five
 * minutes in case an event was lost.
 */
final class GatewayTargets extends Construct {

  GatewayTargets(
      Construct scope,
      String name,
      ICluster cluster,
      FargateService gateway,
      ApplicationTargetGroup targets) {
    super(scope, "GatewayTargets");
    Queue deadLetters =
        Queue.Builder.create(this, "DeadLetters")
            .encryption(QueueEncryption.SQS_MANAGED)
            .enforceSsl(true)
            // The next run mends what one could not; a message is there for the alarm, which ends
            // with
            // it.
            .retentionPeriod(Duration.hours(1))
            .build();
    JavaFunction function =
        new JavaFunction(
            this,
            "gateway-targets",
            Code.fromAsset("lambda/gateway-targets/target/package"),
            name,
            512,
            Duration.minutes(1),
            Map.of(
                "CLUSTER", cluster.getClusterName(),
                "SERVICE", gateway.getServiceName(),
                "TARGET_GROUP_ARN", targets.getTargetGroupArn(),
                "PORT", Integer.toString(WalkthroughPorts.HTTP),
                "SETTLE_SECONDS", "10"),
            deadLetters);
    Stack stack = Stack.of(this);
    String tasks =
        "arn:%s:ecs:%s:%s:task/%s/*"
            .formatted(
                stack.getPartition(),
                stack.getRegion(),
                stack.getAccount(),
                cluster.getClusterName());
    function.allow(List.of("ecs:DescribeTasks"), tasks);
    function.allowIf(
        List.of("ecs:ListTasks"),
        Map.of("ArnEquals", Map.of("ecs:cluster", cluster.getClusterArn())));
    function.allow(List.of("elasticloadbalancing:DescribeTargetHealth"), "*");
    function.allow(
        List.of("elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"),
        targets.getTargetGroupArn());

    LambdaFunction wake = LambdaFunction.Builder.create(function.alias()).build();
    Rule taskChanged =
        Rule.Builder.create(this, "TaskChanged")
            .description("A task of the gateway has changed its state")
            .eventPattern(
                EventPattern.builder()
                    .source(List.of("aws.ecs"))
                    .detailType(List.of("ECS Task State Change"))
                    .detail(
                        // In an order that stays.
                        new TreeMap<>(
                            Map.of(
                                "clusterArn", List.of(cluster.getClusterArn()),
                                "group", List.of("service:" + gateway.getServiceName()))))
                    .build())
            .targets(List.of(wake))
            .build();
    Rule schedule =
        Rule.Builder.create(this, "Schedule")
            .description("In case an event was lost")
            .schedule(Schedule.rate(Duration.minutes(5)))
            .targets(List.of(wake))
            .build();
    for (Rule rule : List.of(taskChanged, schedule)) {
      NamedStack.name(
          rule,
          "AllowEventRule" + Names.nodeUniqueId(function.alias().getNode()),
          "GatewayTargets%sPermission".formatted(rule.getNode().getId()));
    }
    Alarm.Builder.create(this, "Failed")
        .alarmDescription(
            "The IPv6 target group could not be kept up to date in the last hour; see the function's log")
        .metric(deadLetters.metricApproximateNumberOfMessagesVisible())
        .threshold(0)
        .comparisonOperator(ComparisonOperator.GREATER_THAN_THRESHOLD)
        .evaluationPeriods(1)
        .treatMissingData(TreatMissingData.NOT_BREACHING)
        .build();
  }
}
