package colorteller.verification;

import static java.util.stream.Collectors.toMap;

import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ServiceDiscovery;
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
import java.util.stream.Stream;
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
  private final Map<String, List<ContainerDefinition>> taskDefinitions = new HashMap<>();

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
      Map<String, String> application = application(mesh, node, instance);
      workloads.add(
          new Workload(
              families(node, instance),
              IpFamily.parse(setting(application, "IP_FAMILY", node)),
              setting(application, "COLOR", node)));
    }
    if (workloads.stream().distinct().count() > 1) {
      throw new NotRunning(
          "the tasks of %s differ: a deployment has not ended".formatted(node.name()));
    }
    return workloads.get(0);
  }

  private List<HttpInstanceSummary> instances(VirtualNode node) {
    ServiceDiscovery discovery = node.serviceDiscovery().orElseThrow();
    String namespace;
    String service;
    if (discovery instanceof ServiceDiscovery.CloudMap byName) {
      namespace = byName.namespaceName();
      service = byName.serviceName();
    } else {
      // Cloud Map makes a host name of a service's name and its namespace's.
      String[] host = ((ServiceDiscovery.Dns) discovery).hostname().split("\\.", 2);
      service = host[0];
      namespace = host.length == 2 ? host[1].replaceFirst("\\.$", "") : "";
    }
    try {
      return cloudMap
          .discoverInstances(r -> r.namespaceName(namespace).serviceName(service))
          .instances();
    } catch (NamespaceNotFoundException | ServiceNotFoundException e) {
      throw new VerificationException(
          "Cloud Map has no service '%s' in a namespace '%s', which %s is discovered by; deploy the service stack first"
              .formatted(service, namespace, node.name()));
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

  /** The environment of the application in the task that an instance is. */
  private Map<String, String> application(Mesh mesh, VirtualNode node, HttpInstanceSummary instance)
      throws NotRunning {
    Task task = task(node, instance);
    String resource = "mesh/%s/virtualNode/%s".formatted(mesh.name(), node.name());
    List<Map<String, String>> environments =
        taskDefinitions
            .computeIfAbsent(
                task.taskDefinitionArn(),
                arn ->
                    ecs.describeTaskDefinition(r -> r.taskDefinition(arn))
                        .taskDefinition()
                        .containerDefinitions())
            .stream()
            .map(
                container ->
                    container.environment().stream()
                        .collect(toMap(KeyValuePair::name, KeyValuePair::value)))
            .toList();
    if (find(environments, "APPMESH_RESOURCE_ARN")
        .filter(arn -> arn.endsWith(resource))
        .isEmpty()) {
      throw new VerificationException(
          "the task that Cloud Map gives for %s has no Envoy of %s (%s)"
              .formatted(node.name(), resource, task.taskDefinitionArn()));
    }
    return environments.stream()
        .filter(environment -> environment.containsKey("COLOR"))
        .findFirst()
        .orElse(Map.of());
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

  private static String setting(Map<String, String> environment, String name, VirtualNode node) {
    return find(List.of(environment), name)
        .orElseThrow(
            () ->
                new VerificationException(
                    "no container in the task of %s sets %s".formatted(node.name(), name)));
  }

  private static Optional<String> find(List<Map<String, String>> environments, String name) {
    return environments.stream().flatMap(e -> Stream.ofNullable(e.get(name))).findFirst();
  }
}
