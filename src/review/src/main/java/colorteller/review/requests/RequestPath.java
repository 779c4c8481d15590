package colorteller.review.requests;

import static colorteller.review.requests.TemplateResources.elements;

import colorteller.controlplane.WithoutRedirection;
import colorteller.mesh.Call;
import colorteller.mesh.Cause;
import colorteller.mesh.EnvoyPorts;
import colorteller.mesh.Expectation;
import colorteller.mesh.IpFamily;
import colorteller.mesh.Mesh;
import colorteller.mesh.ProxyId;
import colorteller.mesh.Request;
import colorteller.mesh.Sender;
import colorteller.mesh.ServiceDiscovery.CloudMap;
import colorteller.mesh.TaskPromise;
import colorteller.mesh.VirtualGateway;
import colorteller.mesh.VirtualNode;
import colorteller.mesh.Workload;
import colorteller.mesh.template.References;
import colorteller.mesh.template.Template;
import colorteller.mesh.template.TemplateException;
import colorteller.mesh.template.WorkloadReader;
import colorteller.review.requests.LoadBalancer.Target;
import colorteller.review.requests.Tasks.Task;
import colorteller.review.template.CannotTell;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

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

  /** What a request to a path gives that enters by an address of a family. */
  Outcome of(String path, IpFamily via) {
    try {
      Target target = new LoadBalancer(resources, tasks()).target(via);
      VirtualGateway gateway = gateway(target);
      Request request =
          Request.of(
              mesh,
              new Sender.Client(gateway, gateway.listener()),
              Call.of(
                  gateway.listener().protocol(), gateway.listener().port(), gateway.name(), path));
      if (!mesh.preference().listenerBinding().families().contains(via)) {
        return outcome(Expectation.of(mesh, request, Map.of(), via));
      }
      if (request.way().gatewayRoute().isEmpty()) {
        return new Outcome(Outcome.NO_ROUTE, "No gateway route catches this path.");
      }
      return request.node().isEmpty()
          ? outcome(Expectation.of(mesh, request, Map.of(), via))
          : throughMesh(request, request.node().get(), target.task(), via);
    } catch (Stopped e) {
      return e.outcome();
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
      new Passage(resources)
          .require(from.groups(), task.groups(), port(node), workload.discovery());
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

  private VirtualGateway gateway(Target target) {
    Task task = target.task();
    String definition = task.definition();
    JsonNode envoy =
        tasks()
            .envoy(task)
            .orElseThrow(
                () -> new Stopped(Outcome.UNREACHABLE, "%s has no Envoy.".formatted(definition)));
    VirtualGateway gateway =
        told(task, ProxyId.Kind.VIRTUAL_GATEWAY, "virtual gateway", mesh.gateways());
    Stopped.unless(
        gateway.listener().port() == target.port(),
        "The load balancer sends to port %d of the gateway, and its Envoy listens on %d."
            .formatted(target.port(), gateway.listener().port()));
    Stopped.unless(
        elements(envoy.path("PortMappings"), "PortMappings of " + definition).stream()
            .anyMatch(mapping -> mapping.path("ContainerPort").asInt() == target.port()),
        "%s does not have port %d.".formatted(definition, target.port()));
    return gateway;
  }

  /** The task that a node is discovered at. */
  private Task registered(VirtualNode node) {
    String discovery = Cause.SERVICE_DISCOVERY.word();
    String name = node.serviceDiscovery().orElseThrow().host();
    String cloudMapService =
        Stopped.unlessOne(
            resources.ids("AWS::ServiceDiscovery::Service").stream()
                .filter(
                    id ->
                        new CloudMap(namespace(id), resources.text(id, "Name")).host().equals(name))
                .toList(),
            discovery,
            "Cloud Map service %s, which %s is discovered by".formatted(name, node.name()));
    return tasks()
        .of(
            Stopped.unlessOne(
                tasks().services().stream()
                    .filter(
                        service ->
                            resources.list(service, "ServiceRegistries").stream()
                                .anyMatch(
                                    r ->
                                        TemplateResources.leadsTo(
                                            r.path("RegistryArn"), cloudMapService)))
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
    return resources.text(resources.referred(id, service), "Name");
  }

  /** The node that a task's Envoy is told to be. */
  private VirtualNode nodeOf(Task task) {
    if (tasks().envoy(task).isEmpty()) {
      throw new CannotTell(
          "%s has no Envoy, so requests reach its application without one."
              .formatted(task.definition()));
    }
    return told(task, ProxyId.Kind.VIRTUAL_NODE, "virtual node", mesh.nodes());
  }

  /** What a task's Envoy is told to be. */
  private <T> T told(Task task, ProxyId.Kind kind, String word, Map<String, T> all) {
    return tasks()
        .promise(task)
        .proxy()
        .filter(proxy -> proxy.mesh().equals(mesh.name()) && proxy.kind() == kind)
        .flatMap(proxy -> Optional.ofNullable(all.get(proxy.name())))
        .orElseThrow(
            () ->
                new Stopped(
                    Outcome.UNREACHABLE,
                    "%s of %s names no %s of %s, so its Envoy is told nothing."
                        .formatted(TaskPromise.PROXY, task.definition(), word, mesh.name())));
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
                VirtualNode.of(
                    runs.name(), runs.preference(), runs.listener(), node.serviceDiscovery())));
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

  /** The proxy rules of a task, its Envoy and its application agree on the node's port. */
  private void requireProxy(Task task, VirtualNode node, VirtualNode runs) {
    String definition = task.definition();
    int port = port(node);
    Stopped.unless(
        port == port(runs),
        "The gateway sends to port %d, and the Envoy of %s listens on %d."
            .formatted(port, definition, port(runs)));
    boolean redirects = !tasks().isWithoutRedirection(task);
    if (redirects) {
      requireRedirection(task, port);
    }
    int expected = redirects ? port : WithoutRedirection.applicationPort(port);
    String listens = tasks().promise(task).ofApplication(TaskPromise.PORT).orElse("no port");
    if (!listens.equals(Integer.toString(expected))) {
      throw new Stopped(
          Cause.APPLICATION.word(),
          "The Envoy of %s looks for the application at port %d, and it listens on %s."
              .formatted(definition, expected, listens));
    }
  }

  private void requireRedirection(Task task, int port) {
    String definition = task.definition();
    JsonNode envoy = tasks().envoy(task).orElseThrow();
    if (!tasks().redirectedTo(task).equals(envoy.path("Name"))
        || Arrays.stream(tasks().redirectionSetting(task, "AppPorts").split(",", -1))
            .noneMatch(Integer.toString(port)::equals)) {
      throw new CannotTell(
          "What comes to port %d of %s does not pass through its Envoy."
              .formatted(port, definition));
    }
    String ingress = Integer.toString(EnvoyPorts.INGRESS);
    Stopped.unless(
        tasks().redirectionSetting(task, "ProxyIngressPort").equals(ingress),
        "The Envoy of %s takes requests at port %s, and they are sent to another."
            .formatted(definition, ingress));
  }

  private static int port(VirtualNode node) {
    return node.listener().orElseThrow().port();
  }

  private Tasks tasks() {
    return new Tasks(services, resources);
  }
}
