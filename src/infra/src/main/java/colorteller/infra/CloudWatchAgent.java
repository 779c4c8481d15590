package colorteller.infra;

import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.PortMapping;
import software.amazon.awscdk.services.ecs.Protocol;
import software.amazon.awscdk.services.iam.PolicyStatement;

/** The CloudWatch agent in a task: it takes the Envoy's statistics and sends them to CloudWatch. */
final class CloudWatchAgent {

  static final int STATSD_PORT = 8125;

  private static final String IMAGE =
      "public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.300062.0b1304";

  private CloudWatchAgent() {}

  static void addTo(FargateTaskDefinition task, TaskEnvironment environment, String namespace) {
    task.addToTaskRolePolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("cloudwatch:PutMetricData"))
            // A metric is no resource of IAM; its namespace can be a condition.
            .resources(List.of("*"))
            .conditions(Map.of("StringEquals", Map.of("cloudwatch:namespace", namespace)))
            .build());
    task.addContainer(
        "cw-agent",
        ContainerDefinitionOptions.builder()
            .image(ContainerImage.fromRegistry(IMAGE))
            // A task without statistics still answers.
            .essential(false)
            // It sends what it has gathered. Its image holds the agent alone, without a shell and
            // without anything that could ask it for its health.
            .stopTimeout(Duration.seconds(10))
            .environment(
                Map.of(
                    "CW_CONFIG_CONTENT",
                    "{\"metrics\":{\"namespace\":\"%s\",\"metrics_collected\":{\"statsd\":{\"service_address\":\":%d\"}}}}"
                        .formatted(namespace, STATSD_PORT)))
            .portMappings(
                List.of(
                    PortMapping.builder()
                        .containerPort(STATSD_PORT)
                        .protocol(Protocol.UDP)
                        .build()))
            .logging(environment.logs().driver(task.getFamily() + "-cw-agent"))
            .build());
  }
}
