package colorteller.review.requests;

import static colorteller.review.requests.TemplateResources.elements;
import static colorteller.review.requests.TemplateResources.literal;

import colorteller.mesh.Cause;
import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.Request;
import colorteller.mesh.RouteTable;
import colorteller.mesh.ServiceDiscovery;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import colorteller.mesh.template.References;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.TemplateException;
import colorteller.mesh.template.WorkloadReader;
import colorteller.review.security.Rule;
import colorteller.review.template.CannotTell;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The way of a request from the internet to an application: a listener of the load balancer, its
 * target group, the gateway's task, the route in the mesh, the node's service discovery, the task
 * that is registered there, its Envoy, its application, and the security groups between them.
 *
 * @param mesh the mesh
 * @param services the template of its services, for what runs in the tasks
 * @param resources the same template
 * @param cluster the template of the stack that has the namespaces
 */
record RequestPath(
    Mesh mesh, Template services, TemplateResources resources, TemplateResources cluster) {

  private static final String ECS_SERVICE = "AWS::ECS::Service";
  private static final String ENVOY = "APPMESH_RESOURCE_ARN";

  /** Where App Mesh's Envoy takes what the task's proxy rules redirect to it. */
  private static final String INBOUND_PORT = "15000";

  /** Where a request ends before an application answers. */
  private static final class Stopped extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Outcome outcome;

    Stopped(String word, String why) {
      this.outcome = new Outcome(word, why);
    }
  }

  /**
   * A task that takes requests.
   *
   * @param service the ECS service that runs it
   * @param definition its task definition
   * @param groups its security groups
   */
  private record Task(String service, String definition, List<String> groups) {}

  /** A task of the gateway, at the port at which it is registered with a target group. */
  private record Target(Task task, int port) {}

  /** What a request to a path gives that enters by an address of a family. */
  Outcome of(String path, IpFamily via) {
    try {
      Target target = target(via);
      VirtualGateway gateway = gateway(target);
      if (!mesh.preference().listenerBinding().families().contains(via)) {
        return outcome(
            Expectation.of(mesh, new Request(gateway, path, Optional.empty()), Map.of(), via));
      }
      Optional<RouteTable.Way> way = mesh.routes().way(gateway, path);
      if (way.isEmpty()) {
        return new Outcome(Outcome.NO_ROUTE, "No gateway route catches this path.");
      }
      Request request = new Request(gateway, path, way.get().node());
      return request.node().isEmpty()
          ? outcome(Expectation.of(mesh, request, Map.of(), via))
          : throughMesh(request, request.node().get(), target.task(), via);
    } catch (Stopped e) {
      return e.outcome;
    } catch (CannotTell | TemplateException e) {
      // The folder says nothing, and is another one for the base.
      String folder = services.file().toAbsolutePath().getParent() + "/";
      return new Outcome(Outcome.UNKNOWN, String.valueOf(e.getMessage()).replace(folder, ""));
    }
  }

  private Outcome throughMesh(Request request, VirtualNode node, Task from, IpFamily via) {
    Task task = registered(node);
    VirtualNode runs = nodeOf(task);
    Workload workload = workload(node, runs);
    if (mesh.effectivePreference(node) != mesh.effectivePreference(runs)) {
      throw new CannotTell(
          "%s is discovered at the task of %s, which has another IP preference."
              .formatted(node.name(), runs.name()));
    }
    Expectation expectation = Expectation.of(mesh, request, Map.of(node.name(), workload), via);
    Outcome outcome = outcome(expectation);
    if (expectation.answer().isPresent()) {
      requireWay(from, task, port(node), workload.discovery());
      requireProxy(task, node, runs);
    }
    return runs.name().equals(node.name())
        ? outcome
        : new Outcome(
            outcome.word(),
            "%s is discovered at the task of %s. %s"
                .formatted(node.name(), runs.name(), outcome.why()));
  }

  private static Outcome outcome(Expectation expectation) {
    return new Outcome(
        expectation
            .answer()
            .orElseGet(
                () -> expectation.causes().stream().findFirst().map(Cause::word).orElse("error")),
        expectation.explanation());
  }

  /** What a listener of the load balancer sends requests to. */
  private Target target(IpFamily via) {
    int port = via == IpFamily.IPV4 ? 80 : 81;
    String listener =
        one(
            resources.ids("AWS::ElasticLoadBalancingV2::Listener").stream()
                .filter(id -> resources.text(id, "Port").equals(Integer.toString(port)))
                .toList(),
            Outcome.UNREACHABLE,
            "listener of a load balancer for port " + port);
    String balancer = referred(resources.properties(listener).path("LoadBalancerArn"), listener);
    require(
        resources.text(balancer, "Scheme").equals("internet-facing"),
        "The load balancer is not reachable from the internet.");
    if (!resources.ids("AWS::ElasticLoadBalancingV2::ListenerRule").isEmpty()
        || !resources.text(listener, "Protocol").equals("HTTP")) {
      throw new CannotTell("%s has rules, or takes something else than HTTP.".formatted(listener));
    }
    List<String> groups = groups(resources.properties(balancer), balancer);
    require(
        new Passage(resources).isOpen(Rule.IN, groups, port, Passage.INTERNET, IpFamily.dual()),
        "Security group %s does not let everybody in on port %d.".formatted(names(groups), port));
    List<JsonNode> actions = resources.list(listener, "DefaultActions");
    require(
        actions.size() == 1 && actions.get(0).path("Type").asText().equals("forward"),
        "%s forwards to no target group.".formatted(listener));
    String group = referred(actions.get(0).path("TargetGroupArn"), listener);
    require(
        resources
                .properties(group)
                .path("IpAddressType")
                .asText("ipv4")
                .equals(IpFamily.word(Set.of(via)))
            && (via == IpFamily.IPV4
                || resources.text(balancer, "IpAddressType").equals("dualstack")),
        "%s does not send to an %s address.".formatted(listener, via));
    Target target =
        one(targets(group), Outcome.UNREACHABLE, "task that is registered with " + group);
    requireWay(groups, target.task().groups(), target.port(), Set.of(via));
    return target;
  }

  /** ECS registers its tasks' IPv4 addresses, a function of the stack the IPv6 ones. */
  private List<Target> targets(String group) {
    Stream<Target> byEcs =
        resources.ids(ECS_SERVICE).stream()
            .flatMap(
                service ->
                    resources.list(service, "LoadBalancers").stream()
                        .filter(balancer -> leadsTo(balancer.path("TargetGroupArn"), group))
                        .map(balancer -> target(service, balancer.path("ContainerPort"))));
    Stream<Target> byFunction =
        resources.ids("AWS::Lambda::Function").stream()
            .map(function -> resources.properties(function).at("/Environment/Variables"))
            .filter(settings -> leadsTo(settings.path("TARGET_GROUP_ARN"), group))
            .map(
                settings ->
                    target(
                        referred(settings.path("SERVICE"), "The function for " + group),
                        settings.path("PORT")));
    return Stream.concat(byEcs, byFunction).toList();
  }

  private Target target(String service, JsonNode port) {
    return new Target(
        task(service, Outcome.UNREACHABLE),
        Integer.parseInt(literal(port, "The port of the targets of " + service)));
  }

  private VirtualGateway gateway(Target target) {
    String task = target.task().definition();
    JsonNode envoy =
        container(task, ENVOY)
            .orElseThrow(
                () -> new Stopped(Outcome.UNREACHABLE, "%s has no Envoy.".formatted(task)));
    VirtualGateway gateway =
        named(envoy, "virtualGateway", mesh.gateways())
            .orElseThrow(() -> new Stopped(Outcome.UNREACHABLE, stranger(task, "virtual gateway")));
    require(
        gateway.listener().port() == target.port(),
        "The load balancer sends to port %d of the gateway, and its Envoy listens on %d."
            .formatted(target.port(), gateway.listener().port()));
    require(
        elements(envoy.path("PortMappings"), "PortMappings of " + task).stream()
            .anyMatch(mapping -> mapping.path("ContainerPort").asInt() == target.port()),
        "%s does not have port %d.".formatted(task, target.port()));
    return gateway;
  }

  /** The task that a node is discovered at. */
  private Task registered(VirtualNode node) {
    String discovery = Cause.SERVICE_DISCOVERY.word();
    ServiceDiscovery by = node.serviceDiscovery().orElseThrow();
    // Cloud Map makes a host name of a service's name and its namespace's.
    String name =
        by instanceof ServiceDiscovery.CloudMap cloudMap
            ? cloudMap.serviceName() + "." + cloudMap.namespaceName()
            : ((ServiceDiscovery.Dns) by).hostname().replaceFirst("\\.$", "");
    String cloudMapService =
        one(
            resources.ids("AWS::ServiceDiscovery::Service").stream()
                .filter(id -> name.equals(resources.text(id, "Name") + "." + namespace(id)))
                .toList(),
            discovery,
            "Cloud Map service %s, which %s is discovered by".formatted(name, node.name()));
    return task(
        one(
            resources.ids(ECS_SERVICE).stream()
                .filter(
                    service ->
                        resources.list(service, "ServiceRegistries").stream()
                            .anyMatch(r -> leadsTo(r.path("RegistryArn"), cloudMapService)))
                .toList(),
            discovery,
            "ECS service that is registered as " + name),
        discovery);
  }

  private String namespace(String service) {
    JsonNode properties = resources.properties(service);
    JsonNode id =
        properties.has("NamespaceId")
            ? properties.get("NamespaceId")
            : properties.at("/DnsConfig/NamespaceId");
    Optional<String> export = References.toExport(id);
    if (export.isPresent()) {
      return cluster
          .exported(export.get())
          .map(namespace -> cluster.text(namespace, "Name"))
          .orElseThrow(
              () ->
                  new CannotTell("No template here exports namespace %s.".formatted(export.get())));
    }
    return resources.text(referred(id, service), "Name");
  }

  private Task task(String service, String ifNone) {
    if (resources.properties(service).has("DesiredCount")
        && Integer.parseInt(resources.text(service, "DesiredCount")) == 0) {
      throw new Stopped(ifNone, "%s runs no task: its DesiredCount is 0.".formatted(service));
    }
    JsonNode properties = resources.properties(service);
    return new Task(
        service,
        referred(properties.path("TaskDefinition"), service),
        groups(properties.at("/NetworkConfiguration/AwsvpcConfiguration"), service));
  }

  /** The node that a task's Envoy is told to be. */
  private VirtualNode nodeOf(Task task) {
    JsonNode envoy =
        container(task.definition(), ENVOY)
            .orElseThrow(
                () ->
                    new CannotTell(
                        "%s has no Envoy, so requests reach its application without one."
                            .formatted(task.definition())));
    return named(envoy, "virtualNode", mesh.nodes())
        .orElseThrow(
            () -> new Stopped(Outcome.UNREACHABLE, stranger(task.definition(), "virtual node")));
  }

  /** Discovered as the one node is, answered by what runs behind the other. */
  private Workload workload(VirtualNode node, VirtualNode runs) {
    Mesh only =
        new Mesh(
            mesh.name(),
            mesh.preference(),
            mesh.allowsExternalTraffic(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(
                runs.name(),
                new VirtualNode(
                    runs.name(),
                    runs.preference(),
                    runs.listener(),
                    node.serviceDiscovery(),
                    List.of())));
    return Objects.requireNonNull(WorkloadReader.read(services, only).get(runs.name()));
  }

  /** What is discovered of a node; empty if nothing is, or it cannot be told. */
  Optional<Workload> workload(VirtualNode node) {
    try {
      return Optional.of(workload(node, nodeOf(registered(node))));
    } catch (Stopped | CannotTell | TemplateException e) {
      return Optional.empty();
    }
  }

  private void requireWay(Task from, Task to, int port, Set<IpFamily> families) {
    requireWay(from.groups(), to.groups(), port, families);
  }

  private void requireWay(List<String> from, List<String> to, int port, Set<IpFamily> families) {
    Passage groups = new Passage(resources);
    require(
        groups.isOpen(Rule.OUT, from, port, to, families),
        "Security group %s lets nothing out to %s on port %d."
            .formatted(names(from), names(to), port));
    require(
        groups.isOpen(Rule.IN, to, port, from, families),
        "Security group %s lets nothing in from %s on port %d."
            .formatted(names(to), names(from), port));
  }

  /** The proxy rules of a task, its Envoy and its application agree on the node's port. */
  private void requireProxy(Task task, VirtualNode node, VirtualNode runs) {
    String definition = task.definition();
    int port = port(node);
    require(
        port == port(runs),
        "The gateway sends to port %d, and the Envoy of %s listens on %d."
            .formatted(port, definition, port(runs)));
    JsonNode proxy = resources.properties(definition).path("ProxyConfiguration");
    JsonNode envoy = container(definition, ENVOY).orElseThrow();
    if (!proxy.path("ContainerName").equals(envoy.path("Name"))
        || Arrays.stream(setting(proxy, definition, "AppPorts").split(",", -1))
            .noneMatch(Integer.toString(port)::equals)) {
      throw new CannotTell(
          "What comes to port %d of %s does not pass through its Envoy."
              .formatted(port, definition));
    }
    require(
        setting(proxy, definition, "ProxyIngressPort").equals(INBOUND_PORT),
        "The Envoy of %s takes requests at port %s, and they are sent to another."
            .formatted(definition, INBOUND_PORT));
    String listens =
        container(definition, "COLOR")
            .flatMap(application -> environment(application, "PORT"))
            .map(value -> literal(value, "PORT of " + definition))
            .orElse("no port");
    if (!listens.equals(Integer.toString(port))) {
      throw new Stopped(
          Cause.APPLICATION.word(),
          "The Envoy of %s looks for the application at port %d, and it listens on %s."
              .formatted(definition, port, listens));
    }
  }

  private static int port(VirtualNode node) {
    return node.listener().orElseThrow().port();
  }

  private static String setting(JsonNode proxy, String task, String name) {
    return elements(proxy.path("ProxyConfigurationProperties"), "ProxyConfiguration of " + task)
        .stream()
        .filter(property -> property.path("Name").asText().equals(name))
        .map(property -> literal(property.path("Value"), name + " of " + task))
        .findFirst()
        .orElse("");
  }

  private <T> Optional<T> named(JsonNode envoy, String kind, Map<String, T> resources) {
    String name =
        literal(environment(envoy, ENVOY).orElseThrow(), ENVOY)
            // A whole ARN ends with the resource's path, which may also stand alone.
            .replaceFirst("^arn:[^/]*:mesh/", "mesh/");
    String prefix = "mesh/%s/%s/".formatted(mesh.name(), kind);
    return name.startsWith(prefix)
        ? Optional.ofNullable(resources.get(name.substring(prefix.length())))
        : Optional.empty();
  }

  private String stranger(String task, String kind) {
    return "%s of %s names no %s of %s, so its Envoy is told nothing."
        .formatted(ENVOY, task, kind, mesh.name());
  }

  private Optional<JsonNode> container(String task, String setting) {
    return resources.list(task, "ContainerDefinitions").stream()
        .filter(container -> environment(container, setting).isPresent())
        .findFirst();
  }

  private static Optional<JsonNode> environment(JsonNode container, String name) {
    return elements(container.path("Environment"), "An Environment").stream()
        .filter(setting -> setting.path("Name").asText().equals(name))
        .map(setting -> setting.path("Value"))
        .findFirst();
  }

  private static List<String> groups(JsonNode properties, String who) {
    return elements(properties.path("SecurityGroups"), "SecurityGroups of " + who).stream()
        .map(group -> References.to(group).orElseGet(group::toString))
        .toList();
  }

  private static String names(List<String> groups) {
    return String.join(", ", groups);
  }

  private static boolean leadsTo(JsonNode node, String id) {
    return References.to(node).filter(id::equals).isPresent();
  }

  private String referred(JsonNode node, String from) {
    String id =
        References.to(node)
            .orElseThrow(
                () ->
                    new CannotTell(
                        "%s refers to something else than a resource here.".formatted(from)));
    require(resources.has(id), "%s refers to %s, which is not there.".formatted(from, id));
    return id;
  }

  private static <T> T one(List<T> found, String ifNone, String what) {
    if (found.isEmpty()) {
      throw new Stopped(ifNone, "There is no %s.".formatted(what));
    }
    if (found.size() > 1) {
      throw new CannotTell("There is more than one %s.".formatted(what));
    }
    return found.get(0);
  }

  private static void require(boolean holds, String why) {
    if (!holds) {
      throw new Stopped(Outcome.UNREACHABLE, why);
    }
  }
}
