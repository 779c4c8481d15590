package colorteller.meshservice;

import colorteller.controlplane.Instance;
import colorteller.mesh.IpFamily;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilter;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilter;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceSummary;

/**
 * What Cloud Map says of one service. An answer without any instance counts when several in a row
 * have none, and the list of registered instances has none either: else the service is as it was.
 */
final class ServiceInstances {

  /** So many answers without an instance, one after the other, are believed. */
  static final int EMPTY_ANSWERS = 3;

  /**
   * All that Cloud Map allows a service to have; it answers with 100 if it is not asked for more.
   */
  private static final int MOST_INSTANCES = 1000;

  private static final Map<IpFamily, String> ATTRIBUTES =
      Map.of(IpFamily.IPV4, "AWS_INSTANCE_IPV4", IpFamily.IPV6, "AWS_INSTANCE_IPV6");

  private final CloudMap service;
  private final ServiceDiscoveryClient cloudMap;
  private int emptyAnswers;
  private @Nullable List<Instance> known;

  ServiceInstances(CloudMap service, ServiceDiscoveryClient cloudMap) {
    this.service = service;
    this.cloudMap = cloudMap;
  }

  /**
   * Asks for the instances that pass their health checks.
   *
   * @return all of them, if that is something new
   * @throws software.amazon.awssdk.core.exception.SdkException if Cloud Map does not answer
   * @throws UnbelievableAnswer if it says that there are none, and that does not count
   */
  Optional<List<Instance>> read() {
    List<Instance> healthy = healthy();
    if (healthy.isEmpty() && (known == null || !known.isEmpty())) {
      emptyAnswers++;
      requireBelievable();
    }
    emptyAnswers = 0;
    if (healthy.equals(known)) {
      return Optional.empty();
    }
    known = healthy;
    return Optional.of(healthy);
  }

  private void requireBelievable() {
    if (emptyAnswers < EMPTY_ANSWERS) {
      throw new UnbelievableAnswer(
          "answers that no instance passes; that counts when %d answers in a row say so, and the list of instances is empty"
              .formatted(EMPTY_ANSWERS));
    }
    if (isAnyRegistered()) {
      throw new UnbelievableAnswer(
          "answers that no instance passes, but has some in its list of instances");
    }
  }

  private List<Instance> healthy() {
    try {
      return cloudMap
          .discoverInstances(
              call ->
                  call.namespaceName(service.namespaceName())
                      .serviceName(service.serviceName())
                      .healthStatus(HealthStatusFilter.HEALTHY)
                      .maxResults(MOST_INSTANCES))
          .instances()
          .stream()
          // In the same order each time: Cloud Map has none.
          .sorted(Comparator.comparing(HttpInstanceSummary::instanceId))
          .map(ServiceInstances::instance)
          .toList();
    } catch (ServiceNotFoundException | NamespaceNotFoundException e) {
      // As long as nothing has been registered.
      return List.of();
    }
  }

  private static Instance instance(HttpInstanceSummary summary) {
    Map<IpFamily, String> addresses = new EnumMap<>(IpFamily.class);
    ATTRIBUTES.forEach(
        (family, attribute) ->
            Optional.ofNullable(summary.attributes().get(attribute))
                .filter(address -> !address.isEmpty())
                .ifPresent(address -> addresses.put(family, address)));
    return new Instance(addresses, summary.attributes());
  }

  private boolean isAnyRegistered() {
    return namespaces()
        .flatMap(this::services)
        .anyMatch(id -> !cloudMap.listInstances(call -> call.serviceId(id)).instances().isEmpty());
  }

  private Stream<String> namespaces() {
    NamespaceFilter name =
        NamespaceFilter.builder()
            .name(NamespaceFilterName.NAME)
            .values(service.namespaceName())
            .build();
    return cloudMap.listNamespacesPaginator(call -> call.filters(name)).stream()
        .flatMap(page -> page.namespaces().stream())
        .filter(namespace -> namespace.name().equals(service.namespaceName()))
        .map(NamespaceSummary::id);
  }

  private Stream<String> services(String namespace) {
    ServiceFilter in =
        ServiceFilter.builder().name(ServiceFilterName.NAMESPACE_ID).values(namespace).build();
    return cloudMap.listServicesPaginator(call -> call.filters(in)).stream()
        .flatMap(page -> page.services().stream())
        .filter(candidate -> candidate.name().equals(service.serviceName()))
        .map(ServiceSummary::id);
  }
}
