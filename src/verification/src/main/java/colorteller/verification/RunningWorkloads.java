package colorteller.verification;

import static java.util.stream.Collectors.toMap;

import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.TaskPromise;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.ContainerDefinition;
import software.amazon.awssdk.services.ecs.model.HealthStatus;
import software.amazon.awssdk.services.ecs.model.KeyValuePair;
import software.amazon.awssdk.services.ecs.model.Task;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;

/**
 * What runs behind the nodes of a mesh: its addresses as Cloud Map has them, and the application as
 * the definition of its running task describes it. Cloud Map holds the DNS names of the variant
 * {@code dns} as well.
 *
 * <p>A task must be healthy. Otherwise any dead proxy would pass for an expected error.
 */
public final class RunningWorkloads {

  /** The services are not all up, so there is nothing to observe yet; the message says which. */
  static final class NotRunning extends Exception {

    private static final long serialVersionUID = 1L;

    NotRunning(String message) {
      super(message);
    }
  }

  // Attributes that ECS gives to the instances that it registers in Cloud Map.
  private static final String IPV4 = "AWS_INSTANCE_IPV4";
  private static final String IPV6 = "AWS_INSTANCE_IPV6";
  private static final String CLUSTER = "ECS_CLUSTER_NAME";

  private final ServiceDiscoveryClient cloudMap;
  private final EcsClient ecs;
  // A revision of a task definition does not change.
  private final Map<String, TaskPromise> promises = new HashMap<>();

  public RunningWorkloads(ServiceDiscoveryClient cloudMap, EcsClient ecs) {
    this.cloudMap = cloudMap;
    this.ecs = ecs;
  }

  /** The workload of each node that can be sent to, by the node's name. */
  Map<String, Workload> of(Mesh mesh) throws NotRunning {
    Map<String, Workload> workloads = new LinkedHashMap<>();
    for (VirtualNode node : mesh.nodes().values()) {
      if (node.serviceDiscovery().isPresent()) {
        workloads.put(node.name(), workload(mesh, node));
      }
    }
    return workloads;
  }

  private Workload workload(Mesh mesh, VirtualNode node) throws NotRunning {
    List<HttpInstanceSummary> instances = instances(node);
    if (instances.isEmpty()) {
      throw new NotRunning("Cloud Map knows no instance of %s".formatted(node.name()));
    }
    List<Workload> workloads = new ArrayList<>();
    for (HttpInstanceSummary instance : instances) {
      workloads.add(
          promise(mesh, node, instance)
              .workload(
                  families(node, instance),
                  missing ->
                      new VerificationException(
                          "no container in the task of %s sets %s"
                              .formatted(node.name(), missing))));
    }
    if (workloads.stream().distinct().count() > 1) {
      throw new NotRunning(
          "the tasks of %s differ: a deployment has not ended".formatted(node.name()));
    }
    return workloads.get(0);
  }

  private List<HttpInstanceSummary> instances(VirtualNode node) {
    ServiceDiscovery.CloudMap service = node.serviceDiscovery().orElseThrow().service();
    try {
      return cloudMap
          .discoverInstances(
              r -> r.namespaceName(service.namespaceName()).serviceName(service.serviceName()))
          .instances();
    } catch (NamespaceNotFoundException | ServiceNotFoundException e) {
      throw new VerificationException(
          "Cloud Map has no service '%s' in a namespace '%s', which %s is discovered by; deploy the service stack first"
              .formatted(service.serviceName(), service.namespaceName(), node.name()));
    }
  }

  private static Set<IpFamily> families(VirtualNode node, HttpInstanceSummary instance)
      throws NotRunning {
    Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
    if (instance.attributes().containsKey(IPV4)) {
      families.add(IpFamily.IPV4);
    }
    if (instance.attributes().containsKey(IPV6)) {
      families.add(IpFamily.IPV6);
    }
    if (families.isEmpty()) {
      throw new NotRunning(
          "Cloud Map's instance %s of %s has no address"
              .formatted(instance.instanceId(), node.name()));
    }
    return families;
  }

  /** What the definition promises of the task that an instance is. */
  private TaskPromise promise(Mesh mesh, VirtualNode node, HttpInstanceSummary instance)
      throws NotRunning {
    Task task = task(node, instance);
    TaskPromise promise =
        promises.computeIfAbsent(
            task.taskDefinitionArn(),
            arn ->
                new TaskPromise(
                    ecs
                        .describeTaskDefinition(r -> r.taskDefinition(arn))
                        .taskDefinition()
                        .containerDefinitions()
                        .stream()
                        .map(RunningWorkloads::environment)
                        .toList()));
    ProxyId proxy = ProxyId.of(mesh, node);
    if (!promise.proxy().equals(Optional.of(proxy))) {
      throw new VerificationException(
          "the task that Cloud Map gives for %s has no Envoy of %s (%s)"
              .formatted(node.name(), proxy, task.taskDefinitionArn()));
    }
    return promise;
  }

  private static Map<String, String> environment(ContainerDefinition container) {
    return container.environment().stream().collect(toMap(KeyValuePair::name, KeyValuePair::value));
  }

  private Task task(VirtualNode node, HttpInstanceSummary instance) throws NotRunning {
    String cluster =
        Optional.ofNullable(instance.attributes().get(CLUSTER))
            .orElseThrow(
                () ->
                    new VerificationException(
                        "Cloud Map's instance %s of %s was not registered by ECS"
                            .formatted(instance.instanceId(), node.name())));
    // ECS names an instance after its task.
    return ecs.describeTasks(r -> r.cluster(cluster).tasks(instance.instanceId())).tasks().stream()
        .filter(task -> task.lastStatus().equals("RUNNING"))
        .filter(task -> task.healthStatus() == HealthStatus.HEALTHY)
        .findFirst()
        .orElseThrow(
            () ->
                new NotRunning(
                    "the task %s of %s is not running and healthy"
                        .formatted(instance.instanceId(), node.name())));
  }
}
