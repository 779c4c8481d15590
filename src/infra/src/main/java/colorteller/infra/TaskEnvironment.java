package colorteller.infra;

import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import colorteller.mesh.TaskPromise;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ecs.AwsLogDriverProps;
import software.amazon.awscdk.services.ecs.CloudMapOptions;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.CpuArchitecture;
import software.amazon.awscdk.services.ecs.DeploymentCircuitBreaker;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.ICluster;
import software.amazon.awscdk.services.ecs.LogDriver;
import software.amazon.awscdk.services.ecs.OperatingSystemFamily;
import software.amazon.awscdk.services.ecs.ProxyConfiguration;
import software.amazon.awscdk.services.ecs.RuntimePlatform;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.logs.ILogGroup;
import software.amazon.awscdk.services.servicediscovery.DnsRecordType;
import software.amazon.awscdk.services.servicediscovery.INamespace;
import software.constructs.Construct;

/**
 * What the tasks of a variant share.
 *
 * @param metrics the CloudWatch namespace of the Envoys' statistics; empty where they stay in Envoy
 */
record TaskEnvironment(
    ICluster cluster,
    INamespace namespace,
    ILogGroup logs,
    ContainerImage envoyImage,
    ContainerImage colortellerImage,
    String meshName,
    Optional<String> metrics) {

  /**
   * A task, with its permission to be a proxy. The smallest ARM size of Fargate (0.25 vCPU, 0.5 GB)
   * holds an Envoy of 65 MB, an application in a Java of some 60 MB and the CloudWatch agent of
   * some 100 MB.
   */
  FargateTaskDefinition task(
      Construct scope, String family, ProxyId proxy, @Nullable ProxyConfiguration redirection) {
    FargateTaskDefinition task =
        FargateTaskDefinition.Builder.create(scope, "Task")
            .family(family)
            .cpu(256)
            .memoryLimitMiB(512)
            .runtimePlatform(
                RuntimePlatform.builder()
                    .cpuArchitecture(CpuArchitecture.ARM64)
                    .operatingSystemFamily(OperatingSystemFamily.LINUX)
                    .build())
            .proxyConfiguration(redirection)
            .build();
    task.addToTaskRolePolicy(
        PolicyStatement.Builder.create()
            .actions(List.of("appmesh:StreamAggregatedResources"))
            .resources(List.of(MeshStack.arn(scope, proxy.toString())))
            .build());
    metrics.ifPresent(namespace -> CloudWatchAgent.addTo(task, this, namespace));
    return task;
  }

  /**
   * One running task, found under {@code name} by the families of its subnet.
   *
   * @param task with all its containers
   */
  FargateService service(
      Construct scope,
      String name,
      FargateTaskDefinition task,
      Set<IpFamily> discovery,
      ISubnet subnet,
      SecurityGroup group) {
    FargateService service =
        FargateService.Builder.create(scope, "Service")
            .cluster(cluster)
            .taskDefinition(task)
            .desiredCount(1)
            .minHealthyPercent(100)
            .maxHealthyPercent(200)
            .circuitBreaker(DeploymentCircuitBreaker.builder().rollback(true).build())
            .vpcSubnets(SubnetSelection.builder().subnets(List.of(subnet)).build())
            .securityGroups(List.of(group))
            .cloudMapOptions(
                CloudMapOptions.builder()
                    .name(name)
                    .cloudMapNamespace(namespace)
                    .dnsRecordType(
                        discovery.contains(IpFamily.IPV6) ? DnsRecordType.A_AAAA : DnsRecordType.A)
                    .dnsTtl(Duration.seconds(300))
                    .failureThreshold(1)
                    .build())
            .build();
    // CDK lets it wait for the task role's policy only. A task that starts before this one's can
    // neither pull its images nor log, and counts against the circuit breaker.
    service.getNode().addDependency(task.obtainExecutionRole());
    return service;
  }

  LogDriver logDriver(String prefix) {
    return LogDriver.awsLogs(
        AwsLogDriverProps.builder().logGroup(logs).streamPrefix(prefix).build());
  }

  /** The environment by which App Mesh's Envoy knows who it is, in an order that stays. */
  Map<String, String> envoyEnvironment(ProxyId proxy) {
    Map<String, String> environment = new TreeMap<>(TaskPromise.toEnvoy(proxy));
    environment.put("ENABLE_ENVOY_STATS_TAGS", "1");
    // The admin interface listens on IPv6 as well, for the bastion.
    environment.put("ENVOY_ADMIN_ACCESS_ENABLE_IPV6", "true");
    environment.put("ENVOY_LOG_LEVEL", "info");
    // Its agent's least. By then nobody sends to it: its application has drained, or the load
    // balancer has left it.
    environment.put("LISTENER_DRAIN_WAIT_TIME_S", "5");
    if (metrics.isPresent()) {
      environment.put("ENABLE_ENVOY_DOG_STATSD", "1");
      environment.put("STATSD_PORT", Integer.toString(CloudWatchAgent.STATSD_PORT));
    }
    return environment;
  }
}
