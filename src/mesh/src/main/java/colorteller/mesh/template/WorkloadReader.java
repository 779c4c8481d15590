package colorteller.mesh.template;

import static colorteller.mesh.template.Words.quote;

import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.TaskPromise;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads what runs behind the nodes of a mesh from the template of its ECS services: a node's task
 * definition is the one whose Envoy has the node's name, and its Cloud Map service is the one that
 * the node's service discovery names.
 */
public final class WorkloadReader {

  private static final String CLOUD_MAP_SERVICE = "AWS::ServiceDiscovery::Service";
  private static final String TASK_DEFINITION = "AWS::ECS::TaskDefinition";

  /**
   * A Cloud Map service whose name is known.
   *
   * @param namespace the name of its namespace; empty where another stack has it
   */
  private record CloudMapService(String id, String name, Optional<String> namespace) {

    boolean isFoundBy(ServiceDiscovery discovery) {
      return namespace
          .map(known -> new ServiceDiscovery.CloudMap(known, name).host().equals(discovery.host()))
          .orElseGet(() -> discovery.service().serviceName().equals(name));
    }
  }

  /** What a task's definition promises, and where it stands. */
  private record Promise(TaskPromise task, Place place) {}

  private final Template template;
  private final List<CloudMapService> services;
  private final Map<ProxyId, Promise> promises = new LinkedHashMap<>();

  private WorkloadReader(Template template) {
    this.template = template;
    this.services =
        template.existing(CLOUD_MAP_SERVICE).stream().flatMap(id -> service(id).stream()).toList();
    template.existing(TASK_DEFINITION).forEach(this::readPromise);
  }

  /**
   * Reads the workloads of a mesh.
   *
   * @param services the template of the ECS services
   * @param mesh the mesh that they belong to
   * @return the workload of each node that listens, by the node's name
   * @throws TemplateException if a node's workload is missing or cannot be read
   */
  public static Map<String, Workload> read(Template services, Mesh mesh) {
    WorkloadReader reader = new WorkloadReader(services);
    Map<String, Workload> workloads = new LinkedHashMap<>();
    for (VirtualNode node : mesh.nodes().values()) {
      if (node.listener().isPresent() && node.serviceDiscovery().isPresent()) {
        workloads.put(node.name(), reader.workload(mesh, node));
      }
    }
    return workloads;
  }

  private Workload workload(Mesh mesh, VirtualNode node) {
    Set<IpFamily> families = families(serviceOf(node).id());
    ProxyId proxy = ProxyId.of(mesh, node);
    Promise promise = promises.get(proxy);
    if (promise == null) {
      throw Place.of(template.file())
          .error(
              "there is no %s with a container whose %s is %s"
                  .formatted(TASK_DEFINITION, TaskPromise.PROXY, quote(proxy.toString())));
    }
    try {
      return promise
          .task()
          .workload(
              families,
              missing ->
                  promise
                      .place()
                      .error("no container sets %s in its Environment".formatted(missing)));
    } catch (IllegalArgumentException e) {
      throw promise.place().child(TaskPromise.FAMILIES).error(String.valueOf(e.getMessage()));
    }
  }

  private CloudMapService serviceOf(VirtualNode node) {
    ServiceDiscovery discovery = node.serviceDiscovery().orElseThrow();
    List<CloudMapService> found =
        services.stream().filter(service -> service.isFoundBy(discovery)).toList();
    String wanted =
        discovery instanceof ServiceDiscovery.CloudMap cloudMap
            ? "named %s in namespace %s"
                .formatted(quote(cloudMap.serviceName()), quote(cloudMap.namespaceName()))
            : "for the host name " + quote(((ServiceDiscovery.Dns) discovery).hostname());
    if (found.isEmpty()) {
      throw Place.of(template.file())
          .error(
              "there is no %s %s, which virtual node %s is discovered by; there are %s"
                  .formatted(
                      CLOUD_MAP_SERVICE,
                      wanted,
                      quote(node.name()),
                      services.isEmpty()
                          ? "none"
                          : services.stream()
                              .map(WorkloadReader::fullName)
                              .collect(Collectors.joining(", "))));
    }
    if (found.size() > 1) {
      throw template
          .place(found.get(1).id())
          .error(
              "is, like %s, an %s %s, which virtual node %s is discovered by; keep one"
                  .formatted(found.get(0).id(), CLOUD_MAP_SERVICE, wanted, quote(node.name())));
    }
    return found.get(0);
  }

  private static String fullName(CloudMapService service) {
    return service.name() + service.namespace().map(rest -> "." + rest).orElse("");
  }

  /** A service with a name that is not known before a deployment cannot be any node's. */
  private Optional<CloudMapService> service(String id) {
    JsonNode properties = properties(id);
    return knownText(properties.path("Name"), template.place(id).child("Name"))
        .map(name -> new CloudMapService(id, name, namespace(id, properties)));
  }

  private Optional<String> namespace(String id, JsonNode properties) {
    Place place = template.place(id);
    JsonNode dns = resolve(properties.path("DnsConfig"), place.child("DnsConfig"));
    JsonNode namespaceId =
        properties.has("NamespaceId") ? properties.get("NamespaceId") : dns.path("NamespaceId");
    return References.to(namespaceId)
        .filter(template.resources()::containsKey)
        .flatMap(ns -> knownText(properties(ns).path("Name"), template.place(ns).child("Name")));
  }

  private Optional<String> knownText(JsonNode node, Place place) {
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    try {
      return Optional.of(template.intrinsics().text(node, place));
    } catch (TemplateException.Symbolic e) {
      return Optional.empty();
    }
  }

  private Set<IpFamily> families(String id) {
    Place place = template.place(id);
    JsonNode properties = properties(id);
    Place at = place.child("DnsConfig").child("DnsRecords");
    JsonNode config = resolve(properties.path("DnsConfig"), place.child("DnsConfig"));
    if (!config.has("DnsRecords")) {
      throw place
          .child("DnsConfig")
          .error("has no DnsRecords; a service that can be discovered has A or AAAA records");
    }
    List<JsonNode> records = template.intrinsics().list(config.path("DnsRecords"), at);
    Set<IpFamily> families = EnumSet.noneOf(IpFamily.class);
    for (int i = 0; i < records.size(); i++) {
      Place type = at.at(i).child("Type");
      String word = template.intrinsics().text(records.get(i).path("Type"), type);
      switch (word) {
        case "A" -> families.add(IpFamily.IPV4);
        case "AAAA" -> families.add(IpFamily.IPV6);
        default ->
            throw type.error("%s is not allowed; allowed are A, AAAA".formatted(quote(word)));
      }
    }
    if (families.isEmpty()) {
      throw at.error("is empty; a service that can be discovered has A or AAAA records");
    }
    return families;
  }

  private void readPromise(String id) {
    TaskPromise task = TaskDefinitions.promise(template, id);
    Place place = TaskDefinitions.place(template, id);
    task.proxy()
        .ifPresent(
            proxy -> {
              Promise twin = promises.put(proxy, new Promise(task, place));
              if (twin != null) {
                throw place.error(
                    "is the second task of %s, after %s"
                        .formatted(quote(proxy.toString()), twin.place().path()));
              }
            });
  }

  private JsonNode properties(String id) {
    return Objects.requireNonNull(template.resources().get(id)).properties();
  }

  private JsonNode resolve(JsonNode node, Place place) {
    return node.isMissingNode()
        ? MissingNode.getInstance()
        : template.intrinsics().resolve(node, place);
  }
}
