package colorteller.infra;

import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ecs.CloudMapOptions;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.CpuArchitecture;
import software.amazon.awscdk.services.ecs.DeploymentCircuitBreaker;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.ICluster;
import software.amazon.awscdk.services.ecs.OperatingSystemFamily;
import software.amazon.awscdk.services.ecs.ProxyConfiguration;
import software.amazon.awscdk.services.ecs.RuntimePlatform;
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
    Logs logs,
    Envoys envoys,
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
    envoys.allow(task, proxy);
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
                    .dnsTtl(envoys.recordsLive())
                    .failureThreshold(1)
                    .build())
            .build();
    // CDK lets it wait for the task role's policy only. A task that starts before this one's can
    // neither pull its images nor log, and counts against the circuit breaker.
    service.getNode().addDependency(task.obtainExecutionRole());
    return service;
  }
}
