package colorteller.constructs;

import static java.util.stream.Collectors.joining;

import colorteller.controlplane.WithoutRedirection;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.Token;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.cloudwatch.ComparisonOperator;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.ISubnet;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ecr.assets.DockerImageAsset;
import software.amazon.awscdk.services.ecr.assets.Platform;
import software.amazon.awscdk.services.ecs.CloudMapOptions;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.CpuArchitecture;
import software.amazon.awscdk.services.ecs.DeploymentCircuitBreaker;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.ecs.HealthCheck;
import software.amazon.awscdk.services.ecs.ICluster;
import software.amazon.awscdk.services.ecs.LogDriver;
import software.amazon.awscdk.services.ecs.MountPoint;
import software.amazon.awscdk.services.ecs.OperatingSystemFamily;
import software.amazon.awscdk.services.ecs.PortMapping;
import software.amazon.awscdk.services.ecs.RuntimePlatform;
import software.amazon.awscdk.services.ecs.Volume;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.servicediscovery.DnsRecordType;
import software.amazon.awscdk.services.servicediscovery.INamespace;
import software.constructs.Construct;

/**
 * The control plane of one mesh or several: two tasks of the smallest ARM size of Fargate behind a
 * name of Cloud Map, which do not know of each other. An Envoy that loses one asks the other, and
 * goes on with what it has meanwhile.
 *
 * <p>It reads its meshes' documents, asks Cloud Map for the instances of their services, and may do
 * nothing else.
 */
public final class ControlPlane extends Construct {

  /** Where Envoys connect. */
  public static final int PORT = 18000;

  /** Where it tells how it is: health, metrics, what each proxy has. */
  public static final int ADMIN_PORT = 18001;

  private static final String NAME = "control-plane";
  private static final String TEMPORARY = "tmp";

  /** How many tasks, so that one may go. */
  private static final int TASKS = 2;

  private final FargateService service;

  /**
   * Where it runs.
   *
   * @param subnets in different zones, with a way to AWS's APIs
   * @param namespace a private one, of which a name leads Envoys here
   * @param group lets Envoys in at {@link #PORT}, and it out to AWS's APIs
   */
  public record Place(
      ICluster cluster, List<ISubnet> subnets, INamespace namespace, ISecurityGroup group) {}

  /** The host name by which Envoys find it that is in a namespace. */
  public static String host(String namespace) {
    return NAME + "." + namespace;
  }

  /**
   * Creates it. It depends on the documents and certificates, and tasks with an Envoy depend on it:
   * a task counts as healthy once it serves, or is served.
   *
   * @param name what it is called in metrics, and its task definition's family
   * @param documents of its meshes
   * @throws IllegalArgumentException if a virtual service's name hides its host name
   */
  public ControlPlane(
      Construct scope,
      String id,
      String name,
      Place place,
      LogDriver logs,
      Collection<MeshDocument> documents,
      MeshCertificates.Parameters certificates) {
    super(scope, id);
    requireFound(host(place.namespace().getNamespaceName()), documents);
    FargateTaskDefinition task =
        FargateTaskDefinition.Builder.create(this, "Task")
            .family(name)
            .cpu(256)
            .memoryLimitMiB(512)
            .runtimePlatform(
                RuntimePlatform.builder()
                    .cpuArchitecture(CpuArchitecture.ARM64)
                    .operatingSystemFamily(OperatingSystemFamily.LINUX)
                    .build())
            .volumes(List.of(Volume.builder().name(TEMPORARY).build()))
            .build();
    allow(task, documents, certificates);
    task.addContainer(
            NAME,
            ContainerDefinitionOptions.builder()
                .image(image())
                .essential(true)
                .readonlyRootFilesystem(true)
                // It sends its Envoys to the other task, which takes 3 s.
                .stopTimeout(Duration.seconds(30))
                .environment(environment(name, documents, certificates))
                .portMappings(
                    List.of(
                        PortMapping.builder().containerPort(PORT).build(),
                        PortMapping.builder().containerPort(ADMIN_PORT).build()))
                .healthCheck(
                    HealthCheck.builder()
                        .command(List.of("CMD", "/opt/control-plane/healthy"))
                        .startPeriod(Duration.seconds(120))
                        .interval(Duration.seconds(5))
                        .timeout(Duration.seconds(2))
                        .retries(3)
                        .build())
                .logging(logs)
                .build())
        // The library for TLS unpacks itself.
        .addMountPoints(
            MountPoint.builder()
                .sourceVolume(TEMPORARY)
                .containerPath("/tmp")
                .readOnly(false)
                .build());
    service =
        FargateService.Builder.create(this, "Service")
            .cluster(place.cluster())
            .taskDefinition(task)
            .desiredCount(TASKS)
            .minHealthyPercent(100)
            .maxHealthyPercent(200)
            .circuitBreaker(DeploymentCircuitBreaker.builder().rollback(true).build())
            .vpcSubnets(SubnetSelection.builder().subnets(place.subnets()).build())
            .securityGroups(List.of(place.group()))
            .cloudMapOptions(
                CloudMapOptions.builder()
                    .name(NAME)
                    .cloudMapNamespace(place.namespace())
                    .dnsRecordType(DnsRecordType.A)
                    .dnsTtl(Sidecar.recordsLive())
                    .failureThreshold(1)
                    .build())
            .build();
    // A task that starts before this role's policy is there can neither pull its image nor log.
    service.getNode().addDependency(task.obtainExecutionRole());
    alarms(name);
  }

  private static void requireFound(String host, Collection<MeshDocument> documents) {
    if (Boolean.TRUE.equals(Token.isUnresolved(host))) {
      return;
    }
    for (MeshDocument document : documents) {
      for (String service : new WithoutRedirection(document.mesh()).addresses().keySet()) {
        if (WithoutRedirection.hides(service, host)) {
          throw new IllegalArgumentException(
              "%s: the virtual service %s has the host name %s by which Envoys find the control plane, or one above it, so its name cannot lead to a loopback address; give it another name, or the control plane another namespace"
                  .formatted(document.file(), service, host));
        }
      }
    }
  }

  /** Built while the app is deployed, of what this module's jar has. */
  private ContainerImage image() {
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      folder.unpack("control-plane.zip");
      return ContainerImage.fromDockerImageAsset(
          DockerImageAsset.Builder.create(this, "Image")
              .directory(folder.path().toString())
              .platform(Platform.LINUX_ARM64)
              .build());
    }
  }

  private static Map<String, String> environment(
      String name, Collection<MeshDocument> documents, MeshCertificates.Parameters certificates) {
    return new TreeMap<>(
        Map.of(
            "CONTROL_PLANE_NAME", name,
            "CONTROL_PLANE_MESHES",
                documents.stream().map(MeshDocument::parameterName).collect(joining(",")),
            "CONTROL_PLANE_LISTEN", "0.0.0.0:" + PORT,
            "CONTROL_PLANE_ADMIN", "0.0.0.0:" + ADMIN_PORT,
            "CONTROL_PLANE_IDENTITY", "ssm:" + certificates.controlPlane(),
            "CONTROL_PLANE_TRUST_BUNDLE", "ssm:" + certificates.trustBundle()));
  }

  private void allow(
      FargateTaskDefinition task,
      Collection<MeshDocument> documents,
      MeshCertificates.Parameters certificates) {
    allow(
        task,
        // What one was before, for a task that starts while it cannot be used.
        List.of("ssm:GetParameters", "ssm:GetParameterHistory"),
        documents.stream().map(document -> parameter(document.parameterName())).toList());
    allow(
        task,
        List.of("ssm:GetParameter"),
        List.of(parameter(certificates.controlPlane()), parameter(certificates.trustBundle())));
    // Not the documents' own keys: a changed mesh would be a changed task.
    allow(
        task,
        List.of("s3:GetObject"),
        documents.stream().map(document -> document.assets(this)).distinct().toList());
    List<String> namespaces =
        documents.stream().flatMap(MeshDocument::namespaces).distinct().sorted().toList();
    if (!namespaces.isEmpty()) {
      task.addToTaskRolePolicy(
          PolicyStatement.Builder.create()
              .actions(List.of("servicediscovery:DiscoverInstances"))
              .resources(List.of("*"))
              .conditions(
                  Map.of("StringEquals", Map.of("servicediscovery:NamespaceName", namespaces)))
              .build());
      // Before it believes that a service has no instance.
      allow(
          task,
          List.of(
              "servicediscovery:ListInstances",
              "servicediscovery:ListNamespaces",
              "servicediscovery:ListServices"),
          List.of("*"));
    }
  }

  private static void allow(
      FargateTaskDefinition task, List<String> actions, List<String> resources) {
    task.addToTaskRolePolicy(
        PolicyStatement.Builder.create().actions(actions).resources(resources).build());
  }

  private String parameter(String name) {
    Stack stack = Stack.of(this);
    return "arn:%s:ssm:%s:%s:parameter%s"
        .formatted(stack.getPartition(), stack.getRegion(), stack.getAccount(), name);
  }

  /** Those that say that someone has to look. The Envoys go on with what they have. */
  private void alarms(String name) {
    alarm(
        name,
        "RejectedResources",
        "An Envoy has rejected what it was sent, and goes on with what it had; see ./walkthrough proxies",
        ComparisonOperator.GREATER_THAN_THRESHOLD,
        0,
        // An Envoy that rejects what it is first told lives no longer.
        1,
        TreatMissingData.NOT_BREACHING);
    alarm(
        name,
        "Refused",
        "Somebody has been refused for five minutes who may be an Envoy without a certificate that counts; see the control plane's log",
        ComparisonOperator.GREATER_THAN_THRESHOLD,
        0,
        5,
        TreatMissingData.NOT_BREACHING);
    alarm(
        name,
        "DocumentAge",
        "For three minutes a task of the control plane has not been able to use a mesh's document and goes on with an earlier one, or none has run; see its log",
        ComparisonOperator.GREATER_THAN_THRESHOLD,
        60,
        2,
        TreatMissingData.BREACHING);
    alarm(
        name,
        "FaultySources",
        "A source of the control plane has failed for five minutes; see its log",
        ComparisonOperator.GREATER_THAN_THRESHOLD,
        0,
        5,
        TreatMissingData.NOT_BREACHING);
    alarm(
        name,
        "CertificateLeft",
        "The control plane's certificate expires within five days, and has not been renewed",
        ComparisonOperator.LESS_THAN_THRESHOLD,
        Duration.days(5).toSeconds().intValue(),
        5,
        TreatMissingData.NOT_BREACHING);
  }

  private void alarm(
      String name,
      String metric,
      String description,
      ComparisonOperator comparison,
      int threshold,
      int minutes,
      TreatMissingData missing) {
    Alarm.Builder.create(this, metric)
        .alarmDescription(description)
        .metric(
            Metric.Builder.create()
                .namespace("AppMeshControlPlane")
                .metricName(metric)
                .dimensionsMap(Map.of("ControlPlane", name))
                .period(Duration.minutes(1))
                .statistic(
                    comparison == ComparisonOperator.LESS_THAN_THRESHOLD ? "Minimum" : "Maximum")
                .build())
        .comparisonOperator(comparison)
        .threshold(threshold)
        .evaluationPeriods(minutes)
        .treatMissingData(missing)
        .build();
  }

  /** Its ECS service. */
  public FargateService service() {
    return service;
  }
}
