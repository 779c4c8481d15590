package colorteller.vpc;

import colorteller.account.Account;
import colorteller.controlplane.Instance;
import colorteller.deployment.CloudMapService;
import colorteller.deployment.EcsService;
import colorteller.local.MeshFailure;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.vpc.agent.AgentClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/**
 * The tasks of the ECS services, and what is told of them to those who look for them: Cloud Map
 * with its DNS, and the load balancer's target groups.
 */
final class EcsTasks {

  private final Collection<EcsService> services;
  private final Optional<Account> account;
  private final AgentClient dns;
  private final LoadBalancerProcess loadBalancer;
  private final List<EcsTask> running = new CopyOnWriteArrayList<>();
  private final List<EcsTask> instances = new CopyOnWriteArrayList<>();
  private final List<EcsTask> targets = new CopyOnWriteArrayList<>();

  /**
   * No task yet.
   *
   * @param account in whose Cloud Map tasks are registered as well
   * @param dns answers DNS queries
   */
  EcsTasks(
      Collection<EcsService> services,
      Optional<Account> account,
      AgentClient dns,
      LoadBalancerProcess loadBalancer) {
    this.services = services;
    this.account = account;
    this.dns = dns;
    this.loadBalancer = loadBalancer;
  }

  /** By their names in Cloud Map. */
  Map<String, EcsService> services() {
    Map<String, EcsService> result = new LinkedHashMap<>();
    services.forEach(
        service ->
            result.put(
                service.registry().map(CloudMapService::name).orElse(service.name()), service));
    return result;
  }

  /** Those that run, and are not to end. */
  List<EcsTask> running() {
    return running;
  }

  /** Those that are a proxy. */
  List<EcsTask> of(ProxyId proxy) {
    return running.stream().filter(task -> task.proxy().filter(proxy::equals).isPresent()).toList();
  }

  /** The one that has an address; one that ends counts, too, while somebody may look for it. */
  Optional<EcsTask> at(String address) {
    List<EcsTask> known = new ArrayList<>(running);
    known.addAll(instances);
    return known.stream()
        .filter(task -> task.network().addresses().containsValue(address))
        .findFirst();
  }

  void started(Collection<EcsTask> tasks) {
    running.addAll(tasks);
  }

  void ends(EcsTask task) {
    running.remove(task);
  }

  /** As ECS does when a task runs: it is a target and an instance from now on. */
  void register(Collection<EcsTask> tasks) throws IOException {
    targets.addAll(tasks);
    loadBalancer.register(targets);
    instances.addAll(tasks);
    for (EcsTask task : tasks) {
      inCloudMap(
          task, (cloud, service) -> cloud.register(service, task.name(), addresses(task, service)));
    }
    publish();
  }

  private void inCloudMap(EcsTask task, BiConsumer<Account, CloudMapService> change) {
    account.ifPresent(
        cloud -> task.service().registry().ifPresent(service -> change.accept(cloud, service)));
  }

  /** No new request comes from the load balancer. */
  void deregisterTarget(EcsTask task) throws IOException {
    targets.remove(task);
    loadBalancer.register(targets);
  }

  /** Cloud Map does not know it any more. */
  void deregisterInstance(EcsTask task) throws IOException {
    instances.remove(task);
    inCloudMap(task, (cloud, service) -> cloud.deregister(service, task.name()));
    publish();
  }

  private void publish() throws IOException {
    Map<String, AgentClient.Records> records = new HashMap<>();
    for (EcsService service : services) {
      service
          .registry()
          .ifPresent(
              registry ->
                  records.put(
                      registry.host(),
                      new AgentClient.Records(
                          instancesOf(service, registry).stream()
                              .flatMap(instance -> instance.addresses().values().stream())
                              .toList(),
                          registry.timeToLive())));
    }
    try {
      dns.replace(records);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeshFailure("interrupted while registering tasks");
    }
  }

  /** What Cloud Map knows. */
  Map<CloudMap, List<Instance>> instances() {
    Map<CloudMap, List<Instance>> result = new HashMap<>();
    for (EcsService service : services) {
      service
          .registry()
          .ifPresent(
              registry ->
                  result.put(
                      new CloudMap(registry.namespace(), registry.name()),
                      instancesOf(service, registry)));
    }
    return result;
  }

  private List<Instance> instancesOf(EcsService service, CloudMapService registry) {
    return instances.stream()
        .filter(task -> task.service().equals(service))
        // As the control plane orders them.
        .sorted(Comparator.comparing(EcsTask::name))
        .map(task -> new Instance(addresses(task, registry)))
        .toList();
  }

  private static Map<IpFamily, String> addresses(EcsTask task, CloudMapService registry) {
    Map<IpFamily, String> addresses = new EnumMap<>(IpFamily.class);
    registry
        .records()
        .keySet()
        .forEach(
            family ->
                task.network()
                    .address(family)
                    .ifPresent(address -> addresses.put(family, address)));
    return addresses;
  }
}
