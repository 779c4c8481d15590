package colorteller.infra;

import software.amazon.awscdk.services.ecs.AwsLogDriverProps;
import software.amazon.awscdk.services.ecs.LogDriver;
import software.amazon.awscdk.services.logs.ILogGroup;

/** Where containers log. */
record Logs(ILogGroup group) {

  LogDriver driver(String prefix) {
    return LogDriver.awsLogs(
        AwsLogDriverProps.builder().logGroup(group).streamPrefix(prefix).build());
  }
}
